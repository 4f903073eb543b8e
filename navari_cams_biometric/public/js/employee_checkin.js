{% include "navari_cams_biometric/public/js/cams_biometric.js" %}
const PHOTO = "CAMS Checkin Photo";
const GROUP = __("Device Punch"); // one button: HRMS and Save need the rest of the bar

frappe.ui.form.on("Employee Checkin", {
	refresh(frm) {
		if (frm.is_new()) return;
		if (frappe.user.has_role(["HR Manager", "System Manager"])) frm.trigger("add_comparison");
		if (frappe.model.can_read("CAMS Checkin Change")) frm.trigger("tell_changes");
		const is_hr = frappe.user.has_role(["HR User", "HR Manager", "System Manager"]);
		if (is_hr && !frm.doc.attendance && frm.perm[0]?.write) frm.trigger("add_fetch_shift");
		show_in_words(frm);
		const punch = frm.doc.custom_cams_punch;
		if (!punch || !frappe.model.can_read("CAMS Punch")) return;
		frm.add_custom_button(__("CAMS Punch"), () => frappe.set_route("Form", "CAMS Punch", punch), GROUP);
		frm.trigger("tell_origin");
		if (frappe.model.can_read(PHOTO)) frm.trigger("show_photo");
	},

	tell_origin(frm) {
		frappe.db.get_value("CAMS Punch", frm.doc.custom_cams_punch, ["device_label", "service_tag"]).then(({ message }) => {
			const device = message && (message.device_label || message.service_tag);
			if (frm.doc.custom_input_type === "Manual") return frm.trigger("tell_who_added");
			const origin = [device || frm.doc.device_id, __(frm.doc.custom_input_type), cams_biometric.type_of(frm.doc.custom_punch_type)];
			const text = __("From biometric device {0}. Original time: {1}.", [
				origin.filter(Boolean).join(", "),
				frm.doc.custom_original_time,
			]);
			const zone = frm.doc.custom_time_zone;
			const clock = zone ? ` ${__("The time is that of {0}, at the device.", [zone])}` : "";
			frm.set_intro(frappe.utils.escape_html(text + clock), "blue");
		});
	},

	add_fetch_shift(frm) {
		const fetch = () => cams_biometric.fetch_shift([frm.doc.name]).then(() => frm.reload_doc());
		frm.add_custom_button(__("Fetch Shift Again"), fetch, GROUP);
	},

	tell_who_added(frm) {
		const punch = frm.doc.custom_cams_punch;
		frappe.db.get_value("CAMS Punch", punch, ["added_by", "added_reason"]).then(({ message }) => {
			if (!message?.added_by) return;
			const text = __("Added manually by {0}: {1}", [frappe.user.full_name(message.added_by), message.added_reason]);
			frm.set_intro(frappe.utils.escape_html(text), "orange");
			if (!cams_biometric.can_add_punch()) return;
			const take_back = () =>
				cams_biometric.take_back(punch).then(() => frappe.set_route("Form", "CAMS Punch", punch));
			frm.add_custom_button(__("Take Back"), take_back, GROUP);
		});
	},

	tell_changes(frm) {
		const checkin = frm.doc.name;
		// A name may be given again after a deletion.
		const open = { employee_checkin: checkin, made_at: frm.doc.creation, state: ["!=", "Restored"] };
		const options = { filters: open, fields: ["name"], order_by: "creation asc", limit: 1 };
		frappe.db.get_list("CAMS Checkin Change", options).then(([change]) => {
			if (!change || frm.doc.name !== checkin) return;
			frm.add_custom_button(
				__("Changes"),
				() => frappe.set_route("List", "CAMS Checkin Change", { employee_checkin: checkin }),
				GROUP,
			);
			if (!frappe.user.has_role(["HR Manager", "System Manager"])) return;
			const restore = () => cams_biometric.restore_checkins([change.name]).then(() => frm.reload_doc());
			frm.add_custom_button(__("Restore What the Device Said"), restore, GROUP);
		});
	},

	add_comparison(frm) {
		const day = frm.doc.time.split(" ")[0];
		const filters = { today: 0, from_date: day, to_date: day, device: "", employee: frm.doc.employee, user_id: "" };
		const compare = () => frappe.set_route("query-report", "CAMS Punch Comparison", filters);
		frm.add_custom_button(__("Compare with the Gateway"), compare, GROUP);
	},

	show_photo(frm) {
		const checkin = frm.doc.name;
		frappe.db.get_value(PHOTO, checkin, "photo").then(({ message }) => {
			if (frm.doc.name !== checkin) return;
			if (!message || !message.photo) return add_photo_button(frm);
			const url = frappe.utils.escape_html(encodeURI(message.photo));
			frm.dashboard.add_section(
				`<a href="${url}" target="_blank"><img src="${url}" style="max-height: 160px; border-radius: var(--border-radius)"></a>`,
				__("Photo, for HR Managers only"),
			);
			frm.dashboard.show();
			frm.add_custom_button(__("Photo"), () => frappe.set_route("Form", PHOTO, checkin), GROUP);
		});
	},
});

// The punch's name is a hash: the button leads to it.
function show_in_words(frm) {
	frm.toggle_display("custom_cams_punch", false);
	frm.get_docfield("custom_punch_type").formatter = (type) => cams_biometric.escape(cams_biometric.type_of(type));
	frm.refresh_field("custom_punch_type");
}

function add_photo_button(frm) {
	const attach = () =>
		cams_biometric.call("attendance_actions.attach_photo", { checkin: frm.doc.name }).then(() => frm.reload_doc());
	const button = frm.add_custom_button(__("Attach Photo"), attach, GROUP);
	cams_biometric.call("attendance_actions.unsupported").then((operations) => {
		if (!(operations || []).includes("GetAttendancePhoto")) return;
		button.prop("disabled", true).attr("title", __("Web API 3.0 has no photos. REST v3 does."));
	});
}
