const { escape, bdi } = cams_biometric;

// In the site's zone and as the user writes dates.
const formatted = (value, format) => bdi(cams_biometric.written(value, format));
const time_of = (value) => formatted(value, "HH:mm");
const day_of = (value) => formatted(value, "DATE");
const moment_of = (value) => formatted(value, "DATE HH:mm");

const when_and_where = ({ time, device }) => [time_of(time), device && bdi(device)].filter(Boolean).join(" · ");

const branch_label = (branch) => branch || __("No Branch");

// The paper that is carried to the assembly point: black on white, a box to tick for each person.
const MUSTER_STYLE = `
	@page { size: A4; margin: 14mm 12mm 16mm; }
	* { box-sizing: border-box; }
	body { font: 11pt/1.35 system-ui, sans-serif; color: #000; background: #fff; max-width: 186mm; margin: 8mm auto; }
	h1 { font-size: 18pt; margin: 0; }
	h2 { font-size: 13pt; margin: 7mm 0 1.5mm; break-after: avoid; }
	.top { display: flex; justify-content: space-between; align-items: flex-end; gap: 8mm;
		border-bottom: 2pt solid #000; padding-bottom: 3mm; }
	.top p { margin: 0; }
	.total { font-size: 13pt; text-align: right; white-space: nowrap; }
	.warning { border: 1.5pt solid #000; padding: 2mm 3mm; margin: 4mm 0 0; font-weight: 600; }
	table { width: 100%; border-collapse: collapse; }
	thead { display: table-header-group; }
	tr { break-inside: avoid; }
	th { text-align: start; font-size: 9pt; font-weight: 600; border-bottom: 1pt solid #000; padding: 1mm 2mm; }
	td { border-bottom: 0.5pt solid #999; padding: 1.6mm 2mm; vertical-align: middle; }
	.number { width: 10mm; text-align: end; }
	.time { width: 28mm; white-space: nowrap; }
	.device { width: 44mm; }
	.tick { width: 18mm; text-align: center; }
	.box { appearance: none; display: inline-grid; place-content: center; width: 5.5mm; height: 5.5mm; margin: 0;
		border: 1.2pt solid #000; vertical-align: middle; font-size: 12pt; }
	.box:checked::before { content: "✓"; }
	.id, .note { color: #333; font-size: 9pt; }
	footer { display: flex; gap: 8mm; margin-top: 10mm; break-inside: avoid; }
	footer div { flex: 1; border-top: 0.8pt solid #000; padding-top: 1mm; font-size: 9pt; }
	.print { font: inherit; padding: 2mm 5mm; margin-bottom: 5mm; }
	@media screen { body { padding: 0 4mm; } .box { width: 24px; height: 24px; } }
	@media (max-width: 600px) {
		td, th { padding: 1.6mm 1mm; }
		.top { flex-wrap: wrap; }
		.total { white-space: normal; text-align: start; }
		.number { width: 6mm; }
		.time, .device, .tick { width: auto; white-space: normal; }
	}
	@media print { .print { display: none; } body { margin: 0; max-width: none; } }
`;

// Fill an opened window with the list and offer it to the printer. `list` is null when nothing is known.
function print_list(paper, list) {
	const body = list ? muster_html(list) : `<h1>${__("Muster List")}</h1><p>${__("The server does not answer.")}</p>`;
	paper.document.open();
	paper.document.write(`<!doctype html>
		<html lang="${escape(frappe.boot.lang)}" dir="${frappe.utils.is_rtl() ? "rtl" : "ltr"}">
		<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${__("Muster List")}</title><style>${MUSTER_STYLE}</style></head>
		<body><button type="button" class="print" onclick="window.print()">${__("Print")}</button>${body}</body></html>`);
	paper.document.close();
	paper.document.addEventListener("change", () => count_found(paper.document));
	if (list) paper.setTimeout(() => paper.print(), 100);
}

// The boxes can be ticked on a phone; a printed list stays empty to be written on.
function count_found(paper) {
	const boxes = [...paper.querySelectorAll(".box")];
	const found = boxes.filter((box) => box.checked).length;
	paper.querySelector(".found").textContent = found || "";
	paper.querySelector(".missing").textContent = found ? boxes.length - found : "";
}

const box_html = (name) =>
	`<td class="tick"><input type="checkbox" class="box" aria-label="${escape(__("Found: {0}", [name]))}"></td>`;

function muster_html(list) {
	const count = list.branches.reduce((sum, branch) => sum + branch.people.length, 0);
	const unsure = list.branches.reduce((sum, branch) => sum + branch.unsure, 0);
	const without = list.without_checkin;
	const warning = list.is_old
		? `<p class="warning">${__("The server does not answer: this list is from {0}.", [time_of(list.now)])}</p>`
		: "";
	return `<div class="top">
			<div><h1>${__("Muster List")}</h1>
				<p>${moment_of(list.now)}</p></div>
			<div class="total">${__("{0} in", [`<b>${count}</b>`])}
				${unsure ? `<div class="note">${__("{0} of them without direction", [unsure])}</div>` : ""}
				${without.length ? `<div class="note">${__("and {0} without a check-in", [without.length])}</div>` : ""}</div>
		</div>
		${warning}
		${list.branches.map(muster_branch).join("") || `<p>${__("Nobody is in, according to the check-ins.")}</p>`}
		${without.length ? muster_without(without) : ""}
		<p class="note">${__("Based on the last check-in of each active employee in {0} hours.", [list.look_back_hours])}</p>
		<footer><div>${__("Taken by")}</div><div>${__("Time")}</div><div>${__("Found")} <b class="found"></b></div><div>${__("Missing")} <b class="missing"></b></div></footer>`;
}

const name_of = ({ employee_name, user_id }) => employee_name || __("User {0}", [user_id]);

// Who is there by a punch that became no check-in: unknown, held, a visitor, or only through a door.
function muster_without(people) {
	const rows = people.map(
		(person, place) => `<tr>
			<td class="number">${place + 1}</td>
			<td>${bdi(name_of(person))} <span class="id">${person.employee_name ? bdi(person.user_id) : ""}</span>
				<div class="note">${__("no check-in")}${person.sentence ? `: ${escape(person.sentence)}` : ""}</div></td>
			<td class="device">${bdi(person.device)}</td>
			<td class="time">${moment_of(person.time)}</td>
			${box_html(name_of(person))}
		</tr>`,
	);
	return `<h2 class="without">${__("Without a Check-in")} (${people.length})</h2>
		<table>
			<thead><tr><th class="number">#</th><th>${__("Name or ID")}</th><th class="device">${__("Device")}</th>
				<th class="time">${__("Last Punch")}</th><th class="tick">${__("Found")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody>
		</table>`;
}

function muster_branch(branch) {
	const rows = branch.people.map((person, place) => {
		const note = person.sure ? "" : `<div class="note">${__("direction unknown")}</div>`;
		return `<tr>
			<td class="number">${place + 1}</td>
			<td>${bdi(person.employee_name)} <span class="id">${bdi(person.employee)}</span>${note}</td>
			<td class="device">${bdi(person.device)}</td>
			<td class="time">${moment_of(person.time)}</td>
			${box_html(name_of(person))}
		</tr>`;
	});
	return `<h2>${bdi(branch_label(branch.branch))} (${branch.people.length})</h2>
		<table>
			<thead><tr><th class="number">#</th><th>${__("Name")}</th><th class="device">${__("Device")}</th>
				<th class="time">${__("In Since")}</th><th class="tick">${__("Found")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody>
		</table>`;
}
