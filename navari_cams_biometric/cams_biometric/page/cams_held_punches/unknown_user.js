// A user id on a device that no employee has: who is it?
class UnknownUser {
	constructor(held, key, data) {
		this.held = held;
		this.key = key;
		this.data = data;
		this.$row = $(`<tr data-user="${words.escape(data.user_id)}" data-key="${words.escape(key)}">
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

	// What is done with most of them is a button, the rest a menu.
	draw_actions() {
		const { may_link, may_resolve } = this.held.data;
		const { user_id, device } = this.data;
		const whom = __("user {0} on {1}", [user_id, device || __("an unknown device")]);
		const named = (label, of = whom) => `${label}<span class="sr-only">: ${words.escape(of)}</span>`;
		const item = (method, label) =>
			`<button type="button" class="dropdown-item" data-do="${method}"
				data-argument="${words.escape(this.key)}">${named(label)}</button>`;
		const link = words.button("link", this.key, named(__("Link to Employee")), "btn-primary");
		const items = [
			may_link ? item("choose_way", __("Link on Some Devices or Days…")) : "",
			item("ignore_user", __("Ignore This ID…")),
			item("dismiss_user", __("Dismiss Its Punches…")),
		];
		const more = `<div class="dropdown">
			<button type="button" class="btn btn-xs btn-default" data-toggle="dropdown" aria-haspopup="true"
				aria-expanded="false">${named(__("More"))}</button>
			<div class="dropdown-menu dropdown-menu-right">${items.join("")}</div>
		</div>`;
		this.$row.find(".cams-actions").html(`<div>${may_link ? link : ""}${may_resolve ? more : ""}</div>`);
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
			.html(`<b>${words.bdi(user_id)}</b><div class="text-muted">${words.bdi(name_on_device)}</div>
				<div class="cams-hint">${words.escape(data.sentence)}</div>`);
		this.put(
			".cams-device",
			service_tag
				? `${words.form_link("CAMS Device", service_tag, words.bdi(device))}
					<div class="text-muted">${device === service_tag ? "" : words.bdi(service_tag)}</div>`
				: __("Not known"),
		);
		const filters = { state: "Held", reason_code: data.reason_code, user_id: ["=", user_id] };
		this.put(".cams-count", words.list_link(filters, data.count));
		this.put(".cams-seen", words.span(data.first_seen, data.last_seen));
		if (this.control && (is_new || (untouched && former !== (data.suggested || "") && !this.has_focus()))) {
			this.control.set_input(data.suggested || "");
		}
		this.draw_chips();
	}

	put(selector, html) {
		cams_biometric.patch(this.$row.find(selector)[0], html);
	}

	draw_chips() {
		const chosen = this.employee();
		const chips = this.data.suggestions.map((suggestion) => {
			const is_chosen = suggestion.employee === chosen;
			const text = `${words.bdi(suggestion.employee_name)} <span>· ${words.why(suggestion.why)}</span>`;
			if (!this.control) return `<div class="cams-hint">${text}</div>`;
			return `<button type="button" class="cams-chip ${is_chosen ? "cams-chosen" : ""}"
				data-employee="${words.escape(suggestion.employee)}" aria-pressed="${is_chosen}">
				${is_chosen ? frappe.utils.icon("tick", "xs") : ""}${text}</button>`;
		});
		if (chosen && !this.data.suggestions.some((suggestion) => suggestion.employee === chosen)) {
			chips.unshift(`<div class="cams-hint">${words.bdi(this.name_of(chosen))}</div>`);
		}
		const also = this.data.also_on.map((other) =>
			__("Linking also processes {0} on {1}.", [other.count, words.bdi(other.device || __("another device"))]),
		);
		const html = chips.join("") + also.map((text) => `<div class="text-muted">${text}</div>`).join("");
		this.$row.find("[data-do=link]").toggleClass("btn-primary", Boolean(chosen)).toggleClass("btn-default", !chosen);
		this.put(".cams-chips", html);
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

	// A disabled button would lose the focus.
	set_busy(busy) {
		this.busy = busy;
		this.$row.find(".cams-actions button").attr("aria-disabled", busy);
		this.$row.find("[data-do=link]").toggleClass("disabled", busy);
	}

	choose_employee() {
		this.control.$input.trigger("focus");
	}

	// Where the next press belongs: on the button where an employee is chosen already.
	focus() {
		if (this.control && !this.employee()) return this.choose_employee();
		this.$row.find("[data-do=link], a").last().trigger("focus");
	}
}
