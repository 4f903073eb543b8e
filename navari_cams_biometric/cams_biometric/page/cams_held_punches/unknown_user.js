// A user id on a device that no employee has: who is it?
class UnknownUser {
	constructor(held, key, data) {
		this.held = held;
		this.key = key;
		this.data = data;
		this.$row = $(`<tr data-user="${words.escape(data.user_id)}">
			<td class="cams-who"></td><td class="cams-device"></td><td class="cams-count text-right"></td>
			<td class="cams-seen"></td>
			<td class="cams-employee"><div class="cams-control"></div><div class="cams-chips"></div></td>
			<td class="cams-actions"></td>
		</tr>`);
		if (held.data.may_link) this.make_control();
		this.draw_actions();
		this.$row.on("click", ".cams-chip", (event) => this.choose(event.currentTarget.dataset.employee));
	}

	make_control() {
		this.control = frappe.ui.form.make_control({
			parent: this.$row.find(".cams-control"),
			df: {
				fieldtype: "Link",
				fieldname: "employee",
				options: "Employee",
				placeholder: __("Employee"),
				filter_description: __("Active"),
				get_query: () => ({ filters: { status: "Active" } }),
				change: () => this.draw_chips(),
			},
			render_input: true,
			only_input: true,
		});
		this.control.$input.attr("aria-label", __("Employee for user {0}", [this.data.user_id]));
	}

	draw_actions() {
		const { may_link, may_resolve } = this.held.data;
		const { user_id, device } = this.data;
		const about = { user: user_id, device: device || __("an unknown device") };
		const link = words.button("link", this.key, __("Link"), "btn-primary");
		const dismiss = words.button("dismiss_user", this.key, __("Dismiss"), "btn-default");
		const $actions = this.$row.find(".cams-actions");
		const ignore = words.button("ignore_user", this.key, __("Ignore This ID"), "btn-default");
		const choose = words.button("choose_way", this.key, __("Link…"), "btn-default");
		$actions.html(`${may_link ? link + choose : ""}${may_resolve ? dismiss + ignore : ""}`);
		$actions
			.find("[data-do=choose_way]")
			.attr("title", __("Choose on which devices and from which day"))
			.attr("aria-label", __("Choose where and when user {0} on {1} is linked", [about.user, about.device]));
		$actions
			.find("[data-do=ignore_user]")
			.attr("aria-label", __("Ignore user {0} on {1}", [about.user, about.device]));
		$actions
			.find("[data-do=link]")
			.attr("aria-label", __("Link user {0} on {1}", [about.user, about.device]));
		$actions
			.find("[data-do=dismiss_user]")
			.attr("aria-label", __("Dismiss the punches of user {0} on {1}", [about.user, about.device]));
	}

	update(data) {
		const former = this.data.suggested || "";
		const is_new = !this.drawn;
		const untouched = !this.employee() || this.employee() === former;
		this.data = data;
		this.drawn = true;
		const { user_id, name_on_device, service_tag, device } = data;
		this.$row
			.find(".cams-who")
			.html(`<b>${words.escape(user_id)}</b><div class="text-muted">${words.escape(name_on_device)}</div>
				<div class="cams-hint">${words.escape(data.sentence)}</div>`);
		this.$row.find(".cams-device").html(
			service_tag
				? `${words.form_link("CAMS Device", service_tag, device)}
					<div class="text-muted">${device === service_tag ? "" : words.escape(service_tag)}</div>`
				: __("Not known"),
		);
		const filters = { state: "Held", reason_code: data.reason_code, user_id: ["=", user_id] };
		this.$row.find(".cams-count").html(words.list_link(filters, data.count));
		this.$row.find(".cams-seen").html(words.span(data.first_seen, data.last_seen));
		if (this.control && (is_new || (untouched && former !== (data.suggested || "") && !this.has_focus()))) {
			this.control.set_input(data.suggested || "");
		}
		this.draw_chips();
	}

	draw_chips() {
		const chosen = this.employee();
		const chips = this.data.suggestions.map((suggestion) => {
			const is_chosen = suggestion.employee === chosen;
			const text = `${words.escape(suggestion.employee_name)} <span>· ${words.why(suggestion.why)}</span>`;
			if (!this.control) return `<div class="cams-hint">${text}</div>`;
			return `<button type="button" class="cams-chip ${is_chosen ? "cams-chosen" : ""}"
				data-employee="${words.escape(suggestion.employee)}" aria-pressed="${is_chosen}">
				${is_chosen ? frappe.utils.icon("tick", "xs") : ""}${text}</button>`;
		});
		if (chosen && !this.data.suggestions.some((suggestion) => suggestion.employee === chosen)) {
			chips.unshift(`<div class="cams-hint">${words.escape(this.name_of(chosen))}</div>`);
		}
		const also = this.data.also_on.map((other) =>
			__("Linking also processes {0} on {1}.", [other.count, words.escape(other.device || __("another device"))]),
		);
		const html = chips.join("") + also.map((text) => `<div class="text-muted">${text}</div>`).join("");
		this.$row.find("[data-do=link]").toggleClass("btn-primary", Boolean(chosen)).toggleClass("btn-default", !chosen);
		if (html !== this.chips) this.$row.find(".cams-chips").html(html);
		this.chips = html;
	}

	// For an employee chosen manually: empty until the server has answered.
	name_of(employee) {
		this.names = this.names || {};
		if (!(employee in this.names)) {
			this.names[employee] = "";
			frappe.db.get_value("Employee", employee, "employee_name").then(({ message }) => {
				this.names[employee] = message?.employee_name || "";
				this.draw_chips();
			});
		}
		return this.names[employee];
	}

	known_name() {
		const employee = this.employee();
		const suggestion = this.data.suggestions.find((each) => each.employee === employee);
		return suggestion?.employee_name || this.name_of(employee) || employee;
	}

	choose(employee) {
		this.control.set_input(employee);
		this.draw_chips();
		this.$row.find("[data-do=link]").trigger("focus");
	}

	employee() {
		return this.control?.get_input_value() || "";
	}

	has_focus() {
		return this.$row[0].contains(document.activeElement);
	}

	// Whether somebody is at work in this row: then it stays, even if it is resolved.
	is_busy() {
		const is_filled = this.employee() && this.employee() !== (this.data.suggested || "");
		return !this.busy && Boolean(this.control) && this.has_focus() && is_filled;
	}

	set_busy(busy) {
		this.busy = busy;
		this.$row.find("button").prop("disabled", busy);
		this.$row.find("[data-do=link]").text(busy ? __("Linking…") : __("Link"));
	}

	focus() {
		(this.control?.$input || this.$row.find("button")).first().trigger("focus");
	}
}
