// The texts of the page, as HTML. Texts from a device or a person are escaped here.
const words = {
	escape: cams_biometric.escape,

	button: (method, argument, label, style) =>
		`<button type="button" class="btn btn-xs ${style}" data-do="${method}"
			data-argument="${words.escape(argument)}">${label}</button>`,

	form_link: (doctype, name, label) =>
		`<a href="${frappe.utils.get_form_link(doctype, name)}">${words.escape(label)}</a>`,

	list_link: (filters, label) =>
		`<a href="#" data-do="open_list" data-argument="${words.escape(JSON.stringify(filters))}">${words.escape(label)}</a>`,

	moment: (value) => (value ? moment(value).format("D MMM YYYY HH:mm") : ""),

	span(first, last) {
		if (!first || first === last) return words.moment(first || last);
		const is_one_day = moment(first).isSame(last, "day");
		const end = is_one_day ? moment(last).format("HH:mm") : words.moment(last);
		return `<span class="cams-time">${words.moment(first)}</span> – <span class="cams-time">${end}</span>`;
	},

	action: (action) =>
		({
			retry: __("Retry"),
			correct_time: __("Correct Time"),
			accept_time: __("Accept Time"),
			accept_input_type: __("Accept Input Type"),
			dismiss: __("Dismiss"),
		})[action],

	why: (reason) =>
		({
			"number and name": __("same number and name"),
			"same name": __("same name"),
			"same number": __("same number"),
			"has this ID": __("has this ID"),
			"similar name": __("similar name"),
			"same number, another name": __("same number, another name"),
		})[reason],

	// The user ids with a suggestion that hardly needs a second look, each once.
	sure_links(rows) {
		const links = new Map();
		for (const row of rows.filter((each) => each.sure)) {
			const suggestion = row.suggestions.find((each) => each.employee === row.suggested);
			if (![...links.values()].some((link) => link.suggestion.employee === row.suggested)) {
				links.set(row.user_id, { row, suggestion });
			}
		}
		return [...links.values()];
	},

	waits: (part) => ["Held", "Failed"].includes(part.state),

	punches: (count) => (count === 1 ? __("1 punch") : __("{0} punches", [count])),

	checkins: (count) => (count === 1 ? __("1 check-in") : __("{0} check-ins", [count])),

	result(result) {
		if (result.undone) return words.undone(result);
		if (result.kind === "dismiss" && result.names.length) {
			return `<b>${__("{0} dismissed.", [words.punches(result.names.length)])}</b>`;
		}
		const title = {
			link: () => __("Linked {0} to {1}.", [words.escape(result.user_id), words.employee(result)]),
			ignore: () => __("User ID {0} is ignored from now on.", [words.escape(result.user_id)]),
			retry: () => __("Processed again."),
			correct_time: () => __("Times corrected: {0}.", [cams_biometric.shift_in_words(result.seconds)]),
			undo_time: () => __("Time correction undone."),
			accept_time: () => __("Time accepted."),
			accept_input_type: () => __("Input type accepted."),
			dismiss: () => __("Nothing was dismissed."),
		}[result.kind]();
		return `<b>${title}</b> ${words.outcome(result)} ${cams_biometric.left_in_words(result.left)}`;
	},

	employee: (result) => words.form_link("Employee", result.employee, result.employee_name),

	// "40 punches: 38 recorded, 2 held: The device is outside the radius of the employee's shift location."
	outcome(result) {
		const { outcome } = result;
		if (!outcome) return "";
		if (!outcome.total) return __("There was nothing left to do.");
		const parts = outcome.others.map((part) => words.part(result, part));
		if (outcome.checked_in) parts.unshift(words.checked_in(result));
		if (outcome.queued) parts.push(__("{0} in progress", [outcome.queued]));
		return `${words.punches(outcome.total)}: ${parts.join(", ")}`;
	},

	checked_in(result) {
		const text = __("{0} recorded", [result.outcome.checked_in]);
		if (!result.employee) return text;
		const route = JSON.stringify(["List", "Employee Checkin", { employee: result.employee }]);
		return `<a href="#" data-do="open" data-argument="${words.escape(route)}">${text}</a>`;
	},

	part(result, part) {
		const states = { Held: __("{0} held"), Failed: __("{0} failed"), Ignored: __("{0} ignored") };
		const text = (states[part.state] || part.state).replace("{0}", part.count);
		const filters = { state: part.state, reason_code: part.reason_code };
		if (result.user_id) filters.user_id = ["=", result.user_id];
		return `${words.list_link(filters, text)} (${words.escape(part.sentence)})`;
	},

	undo_question(result) {
		const { outcome } = result;
		const open = outcome.checked_in - outcome.with_attendance;
		const lines = [
			__("Undo the link of {0} to {1}?", [words.escape(result.user_id), words.escape(result.employee_name)]),
			__("{0} will be deleted, and the punches are pending again.", [words.checkins(open)]),
		];
		if (outcome.with_attendance) lines.push(words.kept(outcome.with_attendance));
		return lines.join("<br>");
	},

	kept: (count) =>
		__("{0} with attendance stay: cancel the attendance first if it is wrong.", [words.checkins(count)]),

	undone(result) {
		const { taken_back, left, kept } = result.undone;
		const title = result.busy
			? __("Undoing the link of {0} to {1}…", [words.escape(result.user_id), words.employee(result)])
			: __("Undid the link of {0} to {1}.", [words.escape(result.user_id), words.employee(result)]);
		const parts = result.busy && !taken_back ? [] : [__("{0} taken back.", [words.checkins(taken_back)])];
		if (left) parts.push(__("{0} remaining.", [left]));
		if (kept) parts.push(words.kept(kept));
		return `<b>${title}</b> ${parts.join(" ")}`;
	},
};
