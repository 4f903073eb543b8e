// Correct Time: what the app measured, the shift to edit, and each punch before and after. The page Held Punches, the
// list and the form of CAMS Punch include this file.
frappe.provide("cams_biometric");

(() => {
	const UNITS = { days: 86400, hours: 3600, minutes: 60, seconds: 1 };
	const moment_of = (value) => cams_biometric.written(value, "DATE HH:mm:ss");

	Object.assign(cams_biometric, {
		// Ask `propose` for the correction of one device, let a person edit it, and correct. Resolves with what the server
		// answers and the `seconds`, if they do not close the dialog.
		async correct_time(propose) {
			let proposal = await propose({});
			if (!proposal.rows) proposal = await propose({ service_tag: await choose_device(proposal.devices) });
			return new Promise((resolve) => new CorrectTime(proposal, resolve));
		},

		undo_time_correction: (names) => cams_biometric.call("time_correction_actions.undo", { names }),

		// "2 h later"
		shift_in_words(seconds) {
			const span = span_in_words(seconds);
			return seconds < 0 ? __("{0} earlier", [span]) : __("{0} later", [span]);
		},

		// Why some punches stay as they were; empty where none does.
		left_in_words(left) {
			const sentences = {
				with_attendance: __("With attendance, so left as they were: {0}. Cancel the attendance first if it is wrong."),
				changed: __("Left because a person changed the check-in: {0}."),
				referred: __("Left because another record refers to the check-in: {0}."),
				unreadable: __("Without a time that could be corrected: {0}."),
			};
			return Object.entries(left || {})
				.map(([reason, count]) => sentences[reason].replace("{0}", count))
				.join(" ");
		},
	});

	function span_in_words(seconds) {
		const rest = Math.abs(Math.round(seconds));
		const parts = [
			[Math.floor(rest / 86400), __("{0} d")],
			[Math.floor(rest / 3600) % 24, __("{0} h")],
			[Math.floor(rest / 60) % 60, __("{0} min")],
			[rest % 60, __("{0} s")],
		];
		const shown = parts.filter(([number]) => number);
		return (shown.length ? shown : parts.slice(-1)).map(([number, text]) => text.replace("{0}", number)).join(" ");
	}

	function choose_device(devices) {
		return new Promise((resolve) =>
			frappe.prompt(
				{
					fieldname: "service_tag",
					fieldtype: "Select",
					label: __("Device"),
					options: devices.map(({ service_tag, label, count }) => ({
						value: service_tag,
						label: cams_biometric.escape(`${label} (${count})`),
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
		constructor(proposal, resolve) {
			this.proposal = proposal;
			this.resolve = resolve;
			this.first = proposal.rows[0];
			this.make();
			this.draw_parts(proposal.seconds);
			this.draw(proposal.seconds);
			this.listen();
		}

		make() {
			const count = this.proposal.names.length;
			const part = (fieldname, label) => ({ fieldname, label, fieldtype: "Int" });
			this.dialog = new frappe.ui.Dialog({
				title: __("Correct Time"),
				size: "large",
				fields: [
					{ fieldname: "why", fieldtype: "HTML" },
					{ fieldtype: "Section Break" },
					{
						fieldname: "direction",
						fieldtype: "Select",
						label: __("Move"),
						options: [
							{ value: "later", label: __("to later") },
							{ value: "earlier", label: __("to earlier") },
						],
					},
					{ fieldtype: "Column Break" },
					part("days", __("Days")),
					{ fieldtype: "Column Break" },
					part("hours", __("Hours")),
					{ fieldtype: "Column Break" },
					part("minutes", __("Minutes")),
					{ fieldtype: "Column Break" },
					part("seconds", __("Seconds")),
					{ fieldtype: "Section Break" },
					{
						fieldname: "first",
						fieldtype: "Datetime",
						label: __("Or: When the First of Them Really Was"),
						hidden: !this.first,
					},
					{ fieldtype: "Section Break" },
					{ fieldname: "preview", fieldtype: "HTML" },
				],
				primary_action_label: count === 1 ? __("Correct 1 Punch") : __("Correct {0} Punches", [count]),
				primary_action: () => this.correct(),
			});
			this.dialog.$wrapper.addClass("cams-correct-time");
			this.dialog.fields_dict.why.$wrapper.html(this.why());
			this.fit_phone();
			this.dialog.show();
		}

		// Beside each other as far as there is room: Frappe would put one below the other on a phone.
		fit_phone() {
			const $columns = this.dialog.fields_dict.days.$wrapper.closest(".section-body");
			const grid = { display: "grid", gap: "0 12px", gridTemplateColumns: "repeat(auto-fit, minmax(88px, 1fr))" };
			$columns.css(grid).children(".form-column").css({ border: 0, margin: 0, maxWidth: "none", padding: 0 });
		}

		listen() {
			const parts = ["direction", ...Object.keys(UNITS)].map((name) => `[data-fieldname=${name}]`).join(",");
			const $fields = this.dialog.$wrapper;
			$fields.on("input change", parts, () => this.read_parts());
			$fields.on("change blur", "[data-fieldname=first]", () => this.read_first());
		}

		draw_parts(seconds) {
			let rest = Math.abs(seconds);
			const values = { direction: seconds < 0 ? "earlier" : "later" };
			for (const [unit, length] of Object.entries(UNITS)) {
				values[unit] = Math.floor(rest / length);
				rest %= length;
			}
			this.dialog.set_values(values);
			this.draw_first(seconds);
		}

		draw_first(seconds) {
			if (this.first) this.dialog.set_value("first", this.moved(this.first.before, seconds).format("YYYY-MM-DD HH:mm:ss"));
		}

		read_parts() {
			const sum = Object.entries(UNITS).reduce(
				(total, [unit, length]) => total + cint(this.dialog.fields_dict[unit].get_input_value()) * length,
				0,
			);
			const seconds = this.dialog.fields_dict.direction.get_input_value() === "earlier" ? -sum : sum;
			if (seconds === this.seconds) return;
			this.draw(seconds);
			this.draw_first(seconds);
		}

		read_first() {
			const really = this.dialog.get_value("first");
			if (!really || !this.first) return;
			const seconds = moment(really).diff(moment(this.first.before).startOf("second"), "seconds");
			if (seconds === this.seconds) return;
			this.draw(seconds);
			this.draw_parts(seconds);
		}

		moved(before, seconds) {
			return moment(before).add(seconds, "seconds");
		}

		draw(seconds) {
			this.seconds = seconds;
			const { names, latest } = this.proposal;
			const is_possible = Boolean(names.length && seconds && seconds <= latest);
			this.dialog.get_primary_btn().prop("disabled", !is_possible);
			this.dialog.fields_dict.preview.$wrapper.html(this.preview());
		}

		// The app's measure, for a person who has to believe it or not.
		why() {
			const { devices, names, corrected, left, seconds, spread } = this.proposal;
			const device = devices.length ? `<b>${cams_biometric.escape(devices[0].label)}</b>` : "";
			const lines = [
				`${__("Punches of {0}: {1}.", [device, names.length])} ${cams_biometric.left_in_words(left)}`,
				`<b>${seconds ? __("Proposed: {0}.", [cams_biometric.shift_in_words(seconds)]) : __("No difference was measured.")}</b>
				${this.measure()}`,
			];
			if (corrected) lines.push(__("Corrected before: {0}. This correction adds to that.", [corrected]));
			if (spread > 600) {
				const text = __(
					"Others of them arrived up to {0} later than that. Either the device was offline, or its clock was wrong by different amounts: then correct them in parts.",
				);
				lines.push(text.replace("{0}", span_in_words(spread)));
			}
			return lines.map((line) => `<p>${line}</p>`).join("");
		}

		measure() {
			const { why, measured, seconds } = this.proposal;
			const when = this.proposal.moment ? moment_of(this.proposal.moment) : "";
			const span = span_in_words(measured);
			const sentences = {
				arrival:
					measured < 0
						? __("They say a time up to {0} after the moment at which they arrived.", [span])
						: __("They arrived at least {0} after the time that they say; a live punch arrives within seconds.", [span]),
				next_right: __("The first right punch after them was at {0}: the last of these cannot have been later.", [when]),
				device_clock: __("On {0} the device's clock was measured to be wrong by this.", [when]),
				nothing: __("They came as history, and nothing tells when they were made: enter the difference yourself."),
			};
			const rounded = seconds !== measured && why !== "nothing" ? __("Rounded to a quarter of an hour.") : "";
			return `${sentences[why]} ${rounded}`;
		}

		preview() {
			const { rows, names, latest } = this.proposal;
			const heads = [__("Who"), __("Before"), __("After")];
			const cells = rows.map((row) => [
				cams_biometric.escape(row.employee_name || row.user_id),
				moment_of(row.before),
				`<b>${moment_of(this.moved(row.before, this.seconds))}</b>`,
			]);
			const more = names.length - rows.length;
			const too_late = __("That would be later than the moment at which they arrived.");
			return `${this.seconds > latest && names.length ? `<p class="text-danger">${too_late}</p>` : ""}
				${cams_biometric.table(heads, cells)}
				${more > 0 ? `<p class="text-muted">${__("And {0} more.", [more])}</p>` : ""}`;
		}

		correct() {
			const { names, as_of } = this.proposal;
			const { seconds } = this;
			this.dialog.get_primary_btn().prop("disabled", true);
			return cams_biometric
				.call("time_correction_actions.correct", { names, seconds, as_of })
				.then((done) => {
					this.dialog.hide();
					this.resolve({ ...done, seconds });
				})
				.catch(() => this.draw(seconds)); // the server has said why
		}
	}
})();
