{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

frappe.ui.form.on("CAMS Biometric Settings", {
	refresh(frm) {
		frm.trigger("show_setup");
		if (!frappe.user.has_role("System Manager")) return;
		frm.add_custom_button(__("Renew Callback Secret"), () => frm.trigger("renew_callback_secret"));
		const digest = __("Preview Digest");
		frm.add_custom_button(__("Attendance"), () => preview_digest("attendance"), digest);
		frm.add_custom_button(__("Devices"), () => preview_digest("devices"), digest);
		const gateway = __("Gateway");
		frm.add_custom_button(__("Import Devices"), () => frm.trigger("import_devices"), gateway);
		if (frm.doc.gateway_api !== "REST v3 (form not published)") return;
		frm.add_custom_button(__("Register Callback"), () => frm.trigger("register_callback"), gateway);
		frm.add_custom_button(__("Migration Status"), () => frm.trigger("migration_status"), gateway);
	},

	import_devices() {
		cams_biometric.settings("import_devices").then((added) => {
			const message = added.length
				? __("New devices: {0}", [frappe.utils.escape_html(added.join(", "))])
				: __("The gateway lists no new device.");
			frappe.show_alert({ message, indicator: "green" });
		});
	},

	register_callback() {
		frappe.confirm(
			__("The gateway then posts every event to this site, and no longer to the previous URL. Continue?"),
			() =>
				cams_biometric
					.settings("register_callback")
					.then((name) => frappe.set_route("Form", "CAMS Command", name)),
		);
	},

	migration_status() {
		cams_biometric.settings("migration_status").then(({ state, done, total }) => {
			frappe.msgprint(__("{0}: {1} of {2} devices", [frappe.utils.escape_html(state), done, total]), __("Migration Status"));
		});
	},

	show_setup(frm) {
		const wrapper = frm.get_field("setup_html").$wrapper;
		if (!frappe.user.has_role("System Manager")) {
			wrapper.empty();
			return;
		}
		frm.call("setup_status").then(({ message }) => {
			wrapper.html(setup_html(message));
			if (!message.is_live) frm.trigger("add_live_site");
			wrapper.find(".copy-callback-url").on("click", () => {
				frappe.utils.copy_to_clipboard(message.callback_url);
			});
		});
	},

	add_live_site(frm) {
		frm.add_custom_button(__("This Is the Live Site"), () =>
			frappe.confirm(
				__(
					"Queued commands, loads and removals are then sent to the real devices from here. Is this site the live one, and no copy of it?",
				),
				() => frm.call("confirm_live_site").then(() => frm.reload_doc()),
			),
		).addClass("btn-warning");
	},

	load_punchlog(frm) {
		if (frm.is_dirty()) {
			frappe.msgprint(__("Save first."));
			return;
		}
		cams_biometric
			.settings("load_history", {
				from_date: frm.doc.start_date,
				to_date: frm.doc.end_date,
			})
			.then((name) => frappe.set_route("Form", "CAMS History Load", name));
	},

	renew_callback_secret(frm) {
		frappe.confirm(
			__("Batches of old punches are refused until the new callback URL is pasted at the gateway. Continue?"),
			() => frm.call("renew_callback_secret").then(() => frm.reload_doc()),
		);
	},
});

function setup_html({ callback_url, missing }) {
	const url = frappe.utils.escape_html(callback_url);
	const steps = missing.map((step) => `<li>${frappe.utils.escape_html(step)}</li>`).join("");
	const state = missing.length
		? `<p class="indicator orange">${__("Missing steps")}</p><ul>${steps}</ul>`
		: `<p class="indicator green">${__("Setup is complete: punches arrive.")}</p>`;
	return `
		<label class="control-label">${__("Callback URL")}</label>
		<div class="input-group">
			<input class="form-control" readonly value="${url}" aria-label="${__("Callback URL")}">
			<button class="btn btn-default copy-callback-url">${__("Copy")}</button>
		</div>
		<p class="help-box small text-muted">
			${__("Paste it as the callback URL of each device in the CAMS portal. It contains a secret: do not share it with anyone else.")}
		</p>
		${state}`;
}

// The server has escaped what stands in the mail.
function preview_digest(digest) {
	cams_biometric.settings("preview_digest", { digest }).then(({ subject, html }) => {
		const nothing = __("There is nothing to report: no mail would be sent.");
		const dialog = new frappe.ui.Dialog({
			title: frappe.utils.escape_html(subject) || __("Preview Digest"),
			size: "large",
			fields: [{ fieldname: "mail", fieldtype: "HTML", options: html || `<p>${nothing}</p>` }],
		});
		dialog.show();
	});
}
