const SHOWN = 100; // the connection to CAMS Punch leads to more

frappe.ui.form.on("CAMS History Load", {
	refresh(frm) {
		frm.disable_save();
		const { state, progress } = frm.doc;
		cams_biometric.set_title(frm, cams_biometric.span_of(frm.doc));
		frm.dashboard.clear_headline();
		if (["Queued", "Running"].includes(state)) {
			frm.dashboard.show_progress(__("Loading"), progress || 1, __("{0} %", [progress || 0]));
			// By realtime where there is a socket, and every few seconds where there is none.
			cams_biometric.follow(frm, () => frm.reload_doc(), 3, Infinity);
		}
		frm.trigger("show_failures");
		frm.trigger("show_what_came");
		if (!frappe.user.has_role("System Manager")) return;
		if (["Queued", "Running"].includes(state)) {
			frm.add_custom_button(__("Cancel Load"), () => frm.call("cancel_load").then(() => frm.reload_doc()));
		} else if (state !== "Done") {
			frm.add_custom_button(__("Resume"), () => frm.call("resume_load").then(() => frm.reload_doc()));
		}
	},

	show_failures(frm) {
		// A load that must wait says why on the devices that are not loaded yet.
		const failed = frm.doc.devices.filter((row) => row.state === "Failed" || (row.message && row.state !== "Done"));
		const texts = failed.map((row) => frappe.utils.escape_html(`${cams_biometric.named(cams_biometric.device(row.service_tag), row.service_tag)}: ${row.message || ""}`));
		if (texts.length) frm.set_intro(texts.join("<br>"), "red");
	},

	// The punches that were missing in ERPNext, with their state.
	async show_what_came(frm) {
		const turn = (frm.turn = (frm.turn || 0) + 1); // the form may be refreshed meanwhile
		const punches = await frappe.db.get_list("CAMS Punch", {
			filters: { history_load: frm.doc.name },
			fields: ["name", "punch_time", "punch_type", "user_id", "employee", "service_tag", "state", "reason"],
			order_by: "punch_time asc",
			limit: SHOWN,
		});
		const names = punches.length ? await names_of(punches) : {};
		if (frm.turn !== turn) return;
		frm.toggle_display("punches_section", punches.length > 0);
		frm.get_field("punches_html").$wrapper.html(punches.length ? table_of(punches, names) : "");
	},

	onload(frm) {
		frappe.realtime.on("cams_history_load", ({ progress }) => {
			frm.dashboard.show_progress(__("Loading"), progress || 1, __("{0} %", [progress]));
		});
	},
});

async function names_of(punches) {
	if (!frappe.model.can_read("Employee")) return {};
	const names = [...new Set(punches.map((punch) => punch.employee).filter(Boolean))];
	const employees = await frappe.db.get_list("Employee", {
		filters: { name: ["in", names] },
		fields: ["name", "employee_name"],
		limit: SHOWN,
	});
	return Object.fromEntries(employees.map((employee) => [employee.name, employee.employee_name]));
}

function table_of(punches, names) {
	const heads = [__("Time"), __("Person"), __("User ID"), __("Type"), __("Device"), __("Outcome")];
	const rows = punches.map((punch) => row_of(punch, names[punch.employee] || punch.employee || __("Unknown")));
	const more = punches.length < SHOWN ? "" : `<p class="text-muted">${__("Only the first {0} are shown.", [SHOWN])}</p>`;
	return cams_biometric.cards(heads, rows) + more;
}

function row_of(punch, person) {
	const time = cams_biometric.time(punch.punch_time);
	const link = frappe.utils.get_form_link("CAMS Punch", punch.name, true, time || __("Unreadable"));
	const texts = [person, punch.user_id, cams_biometric.type_of(punch.punch_type), cams_biometric.device(punch.service_tag)];
	const outcome = `${cams_biometric.pill(punch.state)} ${cams_biometric.escape(__(punch.reason || ""))}`;
	return [link, ...texts.map(cams_biometric.escape), outcome];
}
