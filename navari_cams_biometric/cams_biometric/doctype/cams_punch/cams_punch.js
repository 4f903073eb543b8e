frappe.ui.form.on("CAMS Punch", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.reason) {
			const remedy = frm.doc.remedy ? ` ${__(frm.doc.remedy)}` : "";
			const text = frappe.utils.escape_html(`${__(frm.doc.reason)}${remedy}`);
			frm.set_intro(text, cams_biometric.colors[frm.doc.state]);
		}
		if (cams_biometric.punch_actions.can_mend()) frm.trigger("add_actions");
	},

	add_actions(frm) {
		const actions = cams_biometric.punch_actions;
		const names = [frm.doc.name];
		const add = (label, action) => frm.add_custom_button(label, () => action().then(() => frm.reload_doc()));
		if (actions.asks_who(frm.doc)) {
			add(__("Link to Employee"), () => actions.link_to_employee(frm.doc)).addClass("btn-primary");
		}
		if (["CLOCK_AHEAD", "CLOCK_BEHIND"].includes(frm.doc.reason_code) && frm.doc.state === "Held") {
			add(__("Accept Time"), () => actions.accept_time(names));
		}
		if (frm.doc.reason_code === "INPUT_TYPE" && frm.doc.state === "Held") {
			add(__("Accept Input Type"), () => actions.accept_input_type(names));
		}
		if (["Held", "Failed", "Ignored"].includes(frm.doc.state)) {
			add(__("Retry"), () => actions.retry(names));
		}
		if (["Held", "Failed"].includes(frm.doc.state)) {
			add(__("Dismiss"), () => actions.dismiss(names));
		}
	},
});
