// A request about a missing punch: the link to it has the day and a few words in one text, because the new form of Frappe
// 15 takes no dates from a link.
frappe.ui.form.on("Attendance Request", {
	onload(frm) {
		const [day, ...words] = (frm.doc.custom_missing_punch || "").split(" ");
		if (!frm.is_new() || frm.doc.from_date || !/^\d{4}-\d\d-\d\d$/.test(day)) return;
		frm.set_value({ from_date: day, to_date: day, explanation: words.join(" ") });
	},
});
