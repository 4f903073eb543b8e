frappe.ui.form.on("CAMS Biometric Settings", {
	refresh(frm) {
		frm.trigger("show_setup");
		if (!frappe.user.has_role("System Manager")) return;
		frm.add_custom_button(__("Renew Callback Secret"), () => frm.trigger("renew_callback_secret"));
	},

	show_setup(frm) {
		const wrapper = frm.get_field("setup_html").$wrapper;
		if (!frappe.user.has_role("System Manager")) {
			wrapper.empty();
			return;
		}
		frm.call("setup_status").then(({ message }) => {
			wrapper.html(setup_html(message));
			wrapper.find(".copy-callback-url").on("click", () => {
				frappe.utils.copy_to_clipboard(message.callback_url);
			});
		});
	},

	load_punchlog(frm) {
		if (frm.is_dirty()) {
			frappe.msgprint(__("Save first."));
			return;
		}
		frappe
			.xcall("navari_cams_biometric.cams_biometric.controllers.history.load_punchlog", {
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
		? `<p class="indicator orange">${__("Still missing")}</p><ul>${steps}</ul>`
		: `<p class="indicator green">${__("Everything is set up: punches arrive.")}</p>`;
	return `
		<label class="control-label">${__("Callback URL")}</label>
		<div class="input-group">
			<input class="form-control" readonly value="${url}" aria-label="${__("Callback URL")}">
			<button class="btn btn-default copy-callback-url">${__("Copy")}</button>
		</div>
		<p class="help-box small text-muted">
			${__("Paste it as the callback URL of each device in the CAMS portal. It holds a secret: share it with nobody else.")}
		</p>
		${state}`;
}
