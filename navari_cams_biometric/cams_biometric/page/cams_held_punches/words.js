// The texts of the page, as HTML. Texts from a device or a person are escaped here.
const words = {
	escape: cams_biometric.escape,

	button: (method, argument, label, style) =>
		`<button type="button" class="btn btn-xs ${style}" data-do="${method}"
			data-argument="${words.escape(argument)}">${label}</button>`,

	bdi: cams_biometric.bdi,

	// `label` is HTML.
	form_link: (doctype, name, label) => `<a href="${frappe.utils.get_form_link(doctype, name)}">${label}</a>`,

	// `label` is HTML.
	list_link: (filters, label) =>
		`<a href="#" data-do="open_list" data-argument="${words.escape(JSON.stringify(filters))}">${label}</a>`,

	// As the user writes dates; what the device's clock showed, in no other zone.
	clock: (value) => cams_biometric.written(value),

	moment: (value) => (value ? words.bdi(words.clock(value)) : ""),

	span(first, last) {
		if (!first || first === last) return words.moment(first || last);
		const is_one_day = moment(first).isSame(last, "day");
		const end = is_one_day ? words.bdi(moment(last).format("HH:mm")) : words.moment(last);
		return `<span class="cams-time">${words.moment(first)}</span> – <span class="cams-time">${end}</span>`;
	},

	// For the chosen ones, or for all.
	action(action, chosen, count) {
		const [some, all] = {
			retry: [__("Retry"), __("Retry All ({0})", [count])],
			correct_time: [__("Correct Time"), __("Correct Time of All ({0})", [count])],
			accept_time: [__("Accept Time"), __("Accept Time of All ({0})", [count])],
			accept_input_type: [__("Accept Input Type"), __("Accept Input Type of All ({0})", [count])],
			dismiss: [__("Dismiss"), __("Dismiss All ({0})", [count])],
		}[action];
		if (chosen) return `${some} (${chosen})`;
		return count === 1 ? some : all;
	},

	all_question: (action, count) =>
		({
			retry: __("Nothing is ticked. Process all {0} punches of this reason again?", [count]),
			accept_time: __("Nothing is ticked. Accept the time of all {0} punches of this reason?", [count]),
			accept_input_type: __("Nothing is ticked. Accept the input type of all {0} punches of this reason?", [count]),
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

	waits: (part) => ["Held", "Failed"].includes(part.state),

	punches: (count) => (count === 1 ? __("1 punch") : __("{0} punches", [count])),

	checkins: (count) => (count === 1 ? __("1 check-in") : __("{0} check-ins", [count])),

	result(result) {
		if (result.undone) return words.undone(result);
		if (result.kind === "dismiss" && result.names.length) {
			return `<b>${__("{0} dismissed.", [words.punches(result.names.length)])}</b>`;
		}
		const title = {
			link: () => words.linked(result.links),
			ignore: () => __("User ID {0} is ignored from now on.", [words.bdi(result.user_id)]),
			retry: () => __("Processed again."),
			correct_time: () => __("Times corrected: {0}.", [cams_biometric.shift_in_words(result.seconds)]),
			undo_time: () => __("Time correction undone."),
			accept_time: () => __("Time accepted."),
			accept_input_type: () => __("Input type accepted."),
			dismiss: () => __("Nothing was dismissed."),
		}[result.kind]();
		return `<b>${title}</b> ${words.outcome(result)} ${cams_biometric.left_in_words(result.left)}
			${words.refused(result.refused || [])}`;
	},

	employee: (link) => words.form_link("Employee", link.employee, words.bdi(link.employee_name)),

	linked(links) {
		if (links.length !== 1) return __("Linked {0} users.", [links.length]);
		return __("Linked {0} to {1}.", [words.bdi(links[0].user_id), words.employee(links[0])]);
	},

	refused: (refused) =>
		refused.map(({ user_id, why }) => `<div>${__("{0} was not linked:", [words.bdi(user_id)])} ${words.bdi(why)}</div>`).join(""),

	// "40 punches: 38 recorded, 2 held: The device is outside the radius of the employee's shift location."
	outcome(result) {
		const { outcome } = result;
		if (!outcome || (result.links && !result.links.length)) return "";
		if (!outcome.total) return __("There was nothing left to do.");
		const parts = outcome.others.map((part) => words.part(result, part));
		if (outcome.checked_in) parts.unshift(words.checked_in(result));
		if (outcome.queued) parts.push(__("{0} in progress", [outcome.queued]));
		return `${words.punches(outcome.total)}: ${parts.join(", ")}`;
	},

	checked_in(result) {
		const text = __("{0} recorded", [result.outcome.checked_in]);
		if (!result.links) return text;
		const people = result.links.map(({ employee }) => employee);
		const route = JSON.stringify(["List", "Employee Checkin", { employee: ["in", people] }]);
		return `<a href="#" data-do="open" data-argument="${words.escape(route)}">${text}</a>`;
	},

	part(result, part) {
		const states = { Held: __("{0} held"), Failed: __("{0} failed"), Ignored: __("{0} ignored") };
		const text = (states[part.state] || part.state).replace("{0}", part.count);
		const filters = { state: part.state, reason_code: part.reason_code };
		const user_ids = (result.links || [result]).map(({ user_id }) => user_id).filter(Boolean);
		if (user_ids.length) filters.user_id = ["in", user_ids];
		return `${words.list_link(filters, text)} (${words.escape(part.sentence)})`;
	},

	undo_question(result) {
		const { outcome } = result;
		const open = outcome.checked_in - outcome.with_attendance;
		const lines = [
			words.of_link(result, __("Undo the link of {0} to {1}?"), __("Undo the links of {0} users?")),
			__("{0} will be deleted, and the punches are pending again.", [words.checkins(open)]),
		];
		if (outcome.with_attendance) lines.push(words.kept(outcome.with_attendance));
		return lines.join("<br>");
	},

	// A text about one link, or about several.
	of_link({ links }, one, several) {
		if (links.length !== 1) return several.replace("{0}", links.length);
		const parts = { "{0}": words.bdi(links[0].user_id), "{1}": words.employee(links[0]) };
		return one.replace(/\{[01]\}/g, (place) => parts[place]);
	},

	kept: (count) =>
		__("{0} with attendance stay: cancel the attendance first if it is wrong.", [words.checkins(count)]),

	undone(result) {
		const { taken_back, left, kept } = result.undone;
		const title = result.busy
			? words.of_link(result, __("Undoing the link of {0} to {1}…"), __("Undoing the links of {0} users…"))
			: words.of_link(result, __("Undid the link of {0} to {1}."), __("Undid the links of {0} users."));
		const parts = result.busy && !taken_back ? [] : [__("{0} taken back.", [words.checkins(taken_back)])];
		if (left) parts.push(__("{0} remaining.", [left]));
		if (kept) parts.push(words.kept(kept));
		return `<b>${title}</b> ${parts.join(" ")}`;
	},
};
