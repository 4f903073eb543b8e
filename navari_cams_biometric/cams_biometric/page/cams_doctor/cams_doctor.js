(() => {
{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

	frappe.pages["cams-doctor"].on_page_load = (wrapper) => {
		const page = frappe.ui.make_app_page({ parent: wrapper, title: __("CAMS Doctor"), single_column: true });
		const body = $('<div class="cams-doctor" aria-live="polite"></div>').appendTo(page.body);
		page.set_primary_action(__("Run Again"), () => examine(body), "refresh");
		examine(body);
	};

	function examine(body) {
		body.html(`<p class="text-muted">${__("Checking the whole chain: this may take half a minute.")}</p>`);
		return cams_biometric
			.call("doctor_page.examine")
			.then((findings) => body.html(summary_html(findings) + findings.map(finding_html).join("")));
	}

	function summary_html(findings) {
		const wrong = findings.filter(({ state }) => state !== "ok").length;
		const words = wrong ? __("{0} of {1} checks need attention.", [wrong, findings.length]) : __("All clear.");
		return `<h4 class="mb-4">${words}</h4>`;
	}

	function finding_html({ check, state, sentence, remedy, doctype, document }) {
		const colors = { ok: "green", warning: "orange", error: "red" };
		const labels = { ok: __("OK"), warning: __("Warning"), error: __("Error") };
		const escape = frappe.utils.escape_html;
		const advice = remedy ? `<div>${escape(remedy).replaceAll("\n", "<br>")}</div>` : "";
		return `
			<div class="frappe-card mb-3 p-3 cams-finding" data-state="${state}">
				<div class="d-flex justify-content-between">
					<strong>${escape(check)}</strong>
					<span class="indicator-pill ${colors[state]}">${labels[state]}</span>
				</div>
				<div>${escape(sentence)}</div>
				<div class="text-muted">${advice}${link_html(state, doctype, document)}</div>
			</div>`;
	}

	function link_html(state, doctype, document) {
		if (state === "ok" || !doctype) return "";
		const href = document
			? frappe.utils.get_form_link(doctype, document)
			: frappe.utils.generate_route({ type: "DocType", name: doctype, doc_view: "List" });
		return `<a href="${href}">${__("Open {0}", [__(doctype)])}</a>`;
	}
})();
