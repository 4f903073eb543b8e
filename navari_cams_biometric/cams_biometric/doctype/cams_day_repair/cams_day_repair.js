frappe.ui.form.on("CAMS Day Repair", {
	refresh(frm) {
		frm.disable_save();
		cams_biometric.set_title(frm, cams_biometric.person(frm.doc), cams_biometric.short_day(frm.doc.attendance_date));
		frm.trigger("introduce");
		// Check-ins that are in no shift have no attendance that could be compared.
		frm.toggle_display("before_section", Boolean(frm.doc.attendance));
		frm.get_field("comparison_html").$wrapper.html(comparison(frm.doc));
		const show_checkins = () => frm.get_field("checkins_html").$wrapper.html(checkins(frm.doc));
		show_checkins();
		cams_biometric.learn_devices().then(show_checkins);
		if (cams_biometric.day_actions.can_settle()) frm.trigger("add_actions");
		if (cams_biometric.can_add_punch()) frm.trigger("offer_punch");
	},

	offer_punch(frm) {
		const known = { employee: frm.doc.employee, time: `${frm.doc.attendance_date} 00:00:00` };
		frm.add_custom_button(__("Add Punch"), () => cams_biometric.add_punch(known).then(() => frm.reload_doc()));
	},

	introduce(frm) {
		const own_texts = {
			Open: __("Punches arrived after auto attendance had marked this day. Repair lets HRMS decide again."),
			Repaired: __("HRMS has decided again."),
		};
		const dismissed = frm.doc.state === "Dismissed" && __("Dismissed: {0}", [frm.doc.message]);
		const text = dismissed || frm.doc.message || own_texts[frm.doc.state];
		if (text) frm.set_intro(frappe.utils.escape_html(text), cams_biometric.colors[frm.doc.state]);
	},

	add_actions(frm) {
		const actions = cams_biometric.day_actions;
		const names = [frm.doc.name];
		const add = (label, action) => frm.add_custom_button(label, () => action().then(() => frm.reload_doc()));
		if (frm.doc.state === "Open") {
			add(actions.repair_label(frm.doc), () => actions.repair(names)).addClass("btn-primary");
		}
		if (["Skipped", "Dismissed"].includes(frm.doc.state)) {
			add(__("Try Again"), () => actions.repair(names));
		}
		if (["Open", "Skipped"].includes(frm.doc.state)) {
			add(__("Dismiss"), () => actions.dismiss(names));
		}
	},
});

function comparison(doc) {
	const { status } = cams_biometric.day_actions;
	const clock = (value) => (value ? frappe.datetime.str_to_user(value) : "–");
	const link = (name) => (name ? frappe.utils.get_form_link("Attendance", name, true) : "–");
	const rows = [
		[__("Status"), status(doc.before_status), status(doc.after_status) || "–"],
		[__("First In"), clock(doc.before_in), clock(doc.after_in)],
		[__("Last Out"), clock(doc.before_out), clock(doc.after_out)],
		[__("Hours"), hours(doc.before_hours), hours(doc.after_hours)],
		[__("Attendance"), link(doc.attendance), link(doc.new_attendance)],
	];
	const after = doc.state === "Repaired" ? __("After") : __("After (what HRMS would decide now)");
	return cams_biometric.cards(["", __("Before"), after], rows, 'class="table table-bordered small" style="table-layout: fixed"');
}

function hours(value) {
	return format_number(value || 0, null, 2);
}

function checkins(doc) {
	const rows = JSON.parse(doc.checkins || "[]").map((checkin) => [
		[checkin.time, checkin.time_then].filter(Boolean).map((time) => frappe.datetime.str_to_user(time)).join(" → "),
		[checkin.log_type, checkin.log_type_then]
			.filter((direction) => direction !== undefined)
			.map((direction) => frappe.utils.escape_html(__(direction) || "–"))
			.join(" → "),
		cams_biometric.escape(cams_biometric.device(checkin.device_id) || "–"),
		frappe.utils.get_form_link("Employee Checkin", checkin.name, true),
		mark(checkin, doc),
	]);
	return cams_biometric.cards([__("Time"), __("Direction"), __("Device"), __("Employee Checkin"), ""], rows, 'class="table table-bordered small"');
}

function mark(checkin, doc) {
	if (checkin.late && cams_biometric.day_actions.is_uncounted(doc)) {
		return `<span class="indicator-pill orange">${__("Not Counted")}</span>`;
	}
	if (checkin.late) return `<span class="indicator-pill orange">${__("Late")}</span>`;
	if (checkin.set_aside) return `<span class="indicator-pill gray">${__("Skipped by a person")}</span>`;
	return "";
}
