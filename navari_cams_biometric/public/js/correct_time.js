// The dialog Correct Time: what the app measured, the shift to edit, and each punch before and after. The page Held
// Punches, the list and the form of CAMS Punch include it.
frappe.provide("cams_biometric");

Object.assign(cams_biometric, {
	// "2 h later": how the times are moved.
	shift_in_words(seconds) {
		if (!seconds) return __("not at all");
		const span = cams_biometric.span_in_words(seconds);
		return seconds > 0 ? __("{0} later", [span]) : __("{0} earlier", [span]);
	},

	span_in_words(seconds) {
		const rest = Math.abs(Math.round(seconds));
		const parts = [
			[Math.floor(rest / 86400), __("d", null, "days")],
			[Math.floor(rest / 3600) % 24, __("h", null, "hours")],
			[Math.floor(rest / 60) % 60, __("min", null, "minutes")],
			[rest % 60, __("s", null, "seconds")],
		];
		return parts.filter(([number]) => number).map(([number, unit]) => `${number} ${unit}`).join(" ") || `0 ${parts[3][1]}`;
	},

	// Why a correction left some punches as they were, for people.
	left_in_words(left) {
		const words = {
			with_attendance: __("{0} with attendance stay: cancel the attendance first if it is wrong."),
			changed: __("{0} stay because a person changed their check-ins."),
			referred: __("{0} stay because another record refers to their check-ins."),
			unreadable: __("{0} have no time to correct."),
		};
		return Object.entries(left || {}).map(([reason, count]) => words[reason].replace("{0}", count));
	},

	// Ask `propose` for the correction of one device, let a person choose, and correct. Resolves with the answer of the
	// server and the `seconds`.
	correct_time(propose) {
		return propose({}).then((proposal) => {
			if (proposal.rows) return new CorrectTime(proposal).corrected;
			return choose_device(proposal.devices)
				.then((service_tag) => propose({ service_tag }))
				.then((of_device) => new CorrectTime(of_device).corrected);
		});
	},

	undo_time_correction: (names) => cams_biometric.call("time_correction_actions.undo", { names }),
});

// Each device has a clock of its own.
function choose_device(devices) {
	return new Promise((resolve) =>
		frappe.prompt(
			{
				fieldname: "service_tag",
				fieldtype: "Select",
				label: __("Device"),
				options: devices.map(({ service_tag, label, count }) => ({
					value: service_tag,
					label: `${label} (${count})`,
				})),
				default: devices[0].service_tag,
				description: __("Each device has a clock of its own: correct one after the other."),
			},
			({ service_tag }) => resolve(service_tag || ""),
			__("Correct Time"),
			__("Continue"),
		),
	);
}

class CorrectTime {
	static UNITS = { days: 86400, hours: 3600, minutes: 60, seconds: 1 };

	constructor(proposal) {
		this.proposal = proposal;
		this.corrected = new Promise((resolve) => (this.resolve = resolve));
		this.make();
	}

	make() {
		const { names } = this.proposal;
		const changed = () => this.read_parts();
		const part = (fieldname, label) => ({ fieldname, fieldtype: "Int", label, change: changed, non_negative: 1 });
		this.dialog = new frappe.ui.Dialog({
			title: __("Correct Time"),
			size: "large",
			fields: [
				{ fieldname: "why", fieldtype: "HTML" },
				{
					fieldname: "direction",
					fieldtype: "Select",
					label: __("Move the Times"),
					options: [
						{ value: "later", label: __("To later") },
						{ value: "earlier", label: __("To earlier") },
					],
					change: changed,
				},
				{
					fieldname: "first",
					fieldtype: "Data",
					label: __("Or: the First Was at"),
					change: () => this.read_first(),
				},
				{ fieldtype: "Column Break" },
				part("days", __("Days")),
				part("hours", __("Hours")),
				{ fieldtype: "Column Break" },
				part("minutes", __("Minutes")),
				part("seconds", __("Seconds")),
				{ fieldtype: "Section Break" },
				{ fieldname: "preview", fieldtype: "HTML" },
			],
			primary_action_label: names.length === 1 ? __("Correct 1 Punch") : __("Correct {0} Punches", [names.length]),
			primary_action: () => this.correct(),
		});
		this.dialog.$wrapper.addClass("cams-correct-time");
		this.dialog.show();
		this.dialog.fields_dict.why.$wrapper.html(this.why());
		this.show(this.proposal.seconds);
	}

	// Draws the shift into the fields.
	show(seconds) {
		this.drawing = true;
		let rest = Math.abs(seconds);
		const values = { direction: seconds < 0 ? "earlier" : "later" };
		for (const [unit, length] of Object.entries(CorrectTime.UNITS)) {
			values[unit] = Math.floor(rest / length);
			rest %= length;
		}
		const first = this.proposal.rows[0];
		if (first) values.first = this.moved(first.before, seconds);
		this.dialog.set_values(values).then(() => (this.drawing = false));
		this.seconds = seconds;
		this.draw();
	}

	read_parts() {
		if (this.drawing) return;
		const sum = Object.entries(CorrectTime.UNITS).reduce(
			(total, [unit, length]) => total + cint(this.dialog.get_value(unit)) * length,
			0,
		);
		const seconds = this.dialog.get_value("direction") === "earlier" ? -sum : sum;
		if (seconds !== this.seconds) this.show(seconds);
	}

	read_first() {
		if (this.drawing || !this.proposal.rows.length) return;
		const target = moment(this.dialog.get_value("first"), ["YYYY-MM-DD HH:mm:ss", "YYYY-MM-DD HH:mm"], true);
		if (!target.isValid()) return this.show(this.seconds);
		const seconds = target.diff(moment(this.proposal.rows[0].before).startOf("second"), "seconds");
		if (seconds !== this.seconds) this.show(seconds);
	}

	moved: undefined;

	draw() {
		const { names, latest } = this.proposal;
		const too_late = this.seconds > latest;
		const possible = Boolean(names.length && this.seconds && !too_late);
		this.dialog.get_primary_btn().prop("disabled", !possible);
		this.dialog.fields_dict.preview.$wrapper.html(this.preview(too_late));
	}

	correct() {
		const { names, as_of } = this.proposal;
		const { seconds } = this;
		this.dialog.disable_primary_action();
		return cams_biometric
			.call("time_correction_actions.correct", { names, seconds, as_of })
			.then((done) => {
				this.dialog.hide();
				this.resolve({ ...done, seconds });
			})
			.catch(() => this.dialog.enable_primary_action()); // the server has said why
	}
}
