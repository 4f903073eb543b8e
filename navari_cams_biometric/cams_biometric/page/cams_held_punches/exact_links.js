// The exact suggestions, looked at before they are linked: each can be left out.
class ExactLinks {
	constructor(links, link) {
		this.links = links;
		this.dialog = new frappe.ui.Dialog({
			title: __("Link All Exact Suggestions"),
			size: "large",
			fields: [{ fieldname: "preview", fieldtype: "HTML" }],
			primary_action_label: __("Link to Employee"),
			primary_action: () => {
				const chosen = this.chosen();
				this.dialog.hide();
				if (chosen.length) link(chosen);
			},
		});
		this.$preview = this.dialog.fields_dict.preview.$wrapper.html(this.html());
		this.$preview.on("change", "input", (event) => this.tick(event.target));
		this.say_how_many();
		this.dialog.show();
	}

	html() {
		const box = (place, label) =>
			`<input type="checkbox" checked data-place="${place}" aria-label="${words.escape(label)}">`;
		const heads = [box("all", __("Select all")), __("User on Device"), __("Device"), __("Employee"), __("Why"), __("Punches")];
		const rows = this.links.map((link, place) => [
			box(place, __("Link {0} to {1}", [link.user_id, link.employee_name])),
			`<b>${words.bdi(link.user_id)}</b> ${words.bdi(link.name_on_device)}`,
			words.bdi(link.device),
			`<b>${words.bdi(link.employee_name)}</b> <span class="text-muted">${words.bdi(link.employee)}</span>`,
			words.why(link.why),
			link.count,
		]);
		return `<p>${__("Each employee gets the user ID, and the pending punches become check-ins. Untick what is wrong.")}</p>
			<div class="cams-exact">${cams_biometric.table(heads, rows)}</div>`;
	}

	tick(input) {
		if (input.dataset.place === "all") this.boxes().prop("checked", input.checked);
		const is_all = this.chosen().length === this.links.length;
		this.$preview.find("[data-place=all]").prop("checked", is_all);
		this.say_how_many();
	}

	boxes() {
		return this.$preview.find("tbody input");
	}

	chosen() {
		return this.boxes()
			.filter(":checked")
			.toArray()
			.map((input) => this.links[input.dataset.place]);
	}

	say_how_many() {
		const count = this.chosen().length;
		const label = count === 1 ? __("Link 1 User") : __("Link {0} Users", [count]);
		this.dialog.get_primary_btn().text(label).prop("disabled", !count);
	}
}
