// What the page is narrowed to, and how the unknown users are sorted. On a phone it is folded.
class HeldFilters {
	constructor($parent, change) {
		this.change = change;
		this.reason = "";
		this.order = "count";
		this.controls = {};
		this.$parent = $parent;
		this.make();
	}

	make() {
		const is_wide = window.matchMedia("(min-width: 768px)").matches;
		this.$parent.html(`<details class="frappe-card" ${is_wide ? "open" : ""}>
			<summary>${__("Filter and Sort")} <span class="cams-how-many"></span></summary>
			<div class="cams-fields" role="search" aria-label="${__("Held Punches")}"></div>
		</details>`);
		this.$fields = this.$parent.find(".cams-fields");
		this.add({ fieldname: "text", fieldtype: "Data", label: __("Search"), placeholder: __("User ID, name or device") });
		this.$reason = this.add_select("reason", __("Reason"), [["", __("All Reasons")]]);
		this.add({ fieldname: "service_tag", fieldtype: "Link", options: "CAMS Device", label: __("Device") });
		this.add({ fieldname: "branch", fieldtype: "Link", options: "Branch", label: __("Branch") });
		this.add({ fieldname: "company", fieldtype: "Link", options: "Company", label: __("Company") });
		this.add({ fieldname: "from_date", fieldtype: "Date", label: __("From Date") });
		this.add({ fieldname: "to_date", fieldtype: "Date", label: __("To Date") });
		this.$order = this.add_select("order", __("Sort Users By"), [
			["count", __("Most Punches")],
			["last_seen", __("Last Seen")],
			["user_id", __("User ID")],
			["device", __("Device")],
		]);
		const search = frappe.utils.debounce(() => this.note_change(), 400);
		this.controls.text.$input.on("input", search);
	}

	// Not what the user could choose nothing from.
	add(df) {
		if (df.fieldtype === "Link" && !frappe.model.can_read(df.options) && !frappe.model.can_select(df.options)) return;
		const control = frappe.ui.form.make_control({
			parent: $('<div class="cams-field"></div>').appendTo(this.$fields),
			df: { ...df, change: () => this.note_change() },
			render_input: true,
		});
		control.$input.attr("aria-label", df.label);
		this.controls[df.fieldname] = control;
	}

	add_select(name, label, options) {
		const $field = $(`<label class="cams-field"><span class="control-label">${label}</span>
			<select class="form-control" name="${name}" aria-label="${label}"></select></label>`).appendTo(this.$fields);
		const $select = $field.find("select").html(this.options_html(options));
		return $select.on("change", () => this.note_change());
	}

	options_html(options, chosen) {
		const option = ([value, label]) =>
			`<option value="${words.escape(value)}" ${value === chosen ? "selected" : ""}>${words.escape(label)}</option>`;
		return options.map(option).join("");
	}

	values() {
		const given = Object.keys(this.controls).map((name) => [name, this.controls[name].get_input_value() || ""]);
		const typed = Object.fromEntries(given.filter(([, value]) => value));
		for (const name of ["from_date", "to_date"]) {
			if (typed[name]) typed[name] = frappe.datetime.user_to_str(typed[name]);
		}
		return typed;
	}

	// Ask again only if something is different: Frappe's controls tell of a change more than once.
	note_change() {
		this.reason = this.$reason.val();
		this.order = this.$order.val();
		const known = JSON.stringify([this.values(), this.reason, this.order]);
		if (known === this.known) return;
		this.known = known;
		this.say_how_many();
		this.change();
	}

	say_how_many() {
		const count = Object.keys(this.values()).length + Boolean(this.reason);
		this.$parent.find(".cams-how-many").text(count ? `(${count})` : "");
	}

	// Of other pages and links: { service_tag: "ZHM11", branch: "Nairobi" }.
	take(given) {
		const known = Object.keys(this.controls).filter((name) => given[name]);
		if (!known.length) return;
		this.clear();
		for (const name of known) this.controls[name].set_input(given[name]);
		this.known = JSON.stringify([this.values(), this.reason, this.order]);
		this.say_how_many();
	}

	clear() {
		for (const control of Object.values(this.controls)) control.set_input("");
		this.$reason.val("");
		this.reason = "";
		this.known = JSON.stringify([{}, "", this.order]);
		this.say_how_many();
	}

	is_on() {
		return Object.keys(this.values()).length > 0;
	}

	// The reasons that there are, with their counts. A chosen one that is resolved leaves all.
	offer_reasons(reasons) {
		const total = reasons.reduce((sum, { count }) => sum + count, 0);
		if (!reasons.some(({ code }) => code === this.reason)) this.reason = "";
		const options = reasons.map(({ code, count, sentence }) => [code, `${sentence} (${count})`]);
		options.unshift(["", total ? `${__("All Reasons")} (${total})` : __("All Reasons")]);
		const html = this.options_html(options, this.reason);
		if (html === this.offered) return;
		this.offered = html;
		this.$reason.html(html);
	}

	shows(code) {
		return !this.reason || code === this.reason;
	}
}
