frappe.ui.form.on("CAMS Punch", {
	refresh(frm) {
		frm.disable_save();
		const { punch_time, service_tag } = frm.doc;
		const who = cams_biometric.person(frm.doc, __("Unknown user {0}", [frm.doc.user_id || "–"]));
		cams_biometric.set_title(frm, who, cams_biometric.short_time(punch_time), cams_biometric.device(service_tag));
		if (frm.doc.reason) {
			const remedy = frm.doc.remedy ? ` ${__(frm.doc.remedy)}` : "";
			const text = frappe.utils.escape_html(`${__(frm.doc.reason)}${remedy}`);
			frm.set_intro(text, cams_biometric.colors[frm.doc.state]);
		}
		if (frm.doc.source === "Manual" && frm.doc.state === "Recorded" && cams_biometric.can_add_punch()) {
			frm.add_custom_button(__("Take Back"), () => cams_biometric.take_back(frm.doc.name).then(() => frm.reload_doc()));
		}
		if (frm.doc.time_shift) frm.trigger("tell_correction");
		if (cams_biometric.punch_actions.can_mend()) frm.trigger("add_actions");
	},

	tell_correction(frm) {
		const shift = cams_biometric.shift_in_words(frm.doc.time_shift);
		const text = __("The time was corrected, to {0}. The device said {1}.", [shift, frm.doc.original_time]);
		frm.set_intro(cams_biometric.escape(text), "blue");
	},

	add_actions(frm) {
		const actions = cams_biometric.punch_actions;
		const names = [frm.doc.name];
		const add = (label, action) => frm.add_custom_button(label, () => action().then(() => frm.reload_doc()));
		if (actions.asks_who(frm.doc)) {
			add(__("Link to Employee"), () => actions.link_to_employee(frm.doc)).addClass("btn-primary");
		}
		const is_wrong_clock = ["CLOCK_AHEAD", "CLOCK_BEHIND"].includes(frm.doc.reason_code) && frm.doc.state === "Held";
		if (frm.doc.punch_time) {
			const $correct = add(__("Correct Time"), () => actions.correct_time(names));
			if (is_wrong_clock) $correct.addClass("btn-primary");
		}
		if (frm.doc.time_shift) {
			add(__("Undo Time Correction"), () => actions.undo_time_correction(names));
		}
		if (is_wrong_clock) {
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
