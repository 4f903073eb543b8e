(() => {
{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

	const COLORS = { ok: "green", warning: "orange", error: "red" };

	frappe.pages["cams-doctor"].on_page_load = (wrapper) => {
		const page = frappe.ui.make_app_page({ parent: wrapper, title: __("CAMS Doctor"), single_column: true });
		const body = $('<div class="cams-doctor" aria-live="polite"></div>').appendTo(page.body);
		page.set_primary_action(__("Run Again"), () => examine(body), "refresh");
		examine(body);
	};

	function examine(body) {
		body.html(`<p class="text-muted">${__("Checking the whole chain: this may take half a minute.")}</p>`);
		return cams_biometric.call("doctor_page.examine").then((findings) => show(body, findings));
	}

	// What needs attention as cards, the worst first, and what is fine folded below.
	function show(body, findings) {
		const wrong = findings.filter(({ state }) => state !== "ok");
		const fine = findings.filter(({ state }) => state === "ok");
		body.html(`<h4 class="mb-4">${summary(wrong.length, findings.length)}</h4>`);
		body.append(wrong.map(card));
		if (fine.length) body.append(fine_html(fine));
	}

	function summary(wrong, all) {
		if (!wrong) return __("All clear.");
		return cams_biometric.counted(
			wrong,
			__("1 of {0} checks needs attention.", [all]),
			__("{0} of {1} checks need attention.", [wrong, all]),
		);
	}

	function card(finding) {
		const labels = { warning: __("Warning"), error: __("Error") };
		const { check, state, sentence, remedy } = finding;
		const escape = frappe.utils.escape_html;
		const advice = remedy ? `<div class="text-muted">${escape(remedy).replaceAll("\n", "<br>")}</div>` : "";
		return $(`
			<div class="frappe-card mb-3 p-3 cams-finding" data-state="${state}">
				<div class="cams-finding-head">
					<strong>${escape(check)}</strong>
					<span class="indicator-pill ${COLORS[state]}">${labels[state]}</span>
				</div>
				<div>${escape(sentence)}</div>
				${advice}
			</div>`).append(button(finding));
	}

	function button({ doctype, document, filters, page }) {
		const add = (label, action) =>
			$('<button type="button" class="btn btn-default btn-sm mt-2"></button>').text(label).on("click", action);
		if (page) return add(__("Open {0}", [__(frappe.boot.page_info[page]?.title || page)]), () => frappe.set_route(page));
		if (document) return add(__("Open {0}", [__(doctype)]), () => frappe.set_route("Form", doctype, document));
		if (doctype) return add(__("{0} List", [__(doctype)]), () => frappe.set_route("List", doctype, filters));
		return "";
	}

	function fine_html(findings) {
		const escape = frappe.utils.escape_html;
		const rows = findings.map(({ check, sentence }) => `
			<li class="cams-finding" data-state="ok"><strong>${escape(check)}</strong> <span class="text-muted">${escape(sentence)}</span></li>`);
		const count = cams_biometric.counted(
			findings.length,
			__("1 check found nothing to fix"),
			__("{0} checks found nothing to fix", [findings.length]),
		);
		return `<details class="cams-fine"><summary><span class="indicator green">${count}</span></summary><ul>${rows.join("")}</ul></details>`;
	}
})();
