(() => {
{% include "navari_cams_biometric/public/js/cams_biometric.js" %}
{% include "navari_cams_biometric/public/js/correct_time.js" %}
{% include "navari_cams_biometric/cams_biometric/page/cams_held_punches/words.js" %}
{% include "navari_cams_biometric/cams_biometric/page/cams_held_punches/unknown_user.js" %}

	// Held and failed punches by reason, with what fixes them. The server groups and acts; here it is drawn, refreshed
	// without touching what somebody is about to fill in, and told what came of each press of a button.
	class HeldPunches {
		static POLL = 15000; // without a socket
		static EAGER = 20000; // asks often for what came of it, then less
		static PATIENCE = 300000; // longer than the sweep needs that comes after a lost job
		static ROWS = 50;
		static KEPT = "cams_held_results"; // in the browser's tab, so that a reload does not take Undo away

		constructor(wrapper) {
			this.wrapper = $(wrapper);
			this.limit = HeldPunches.ROWS;
			this.rows = new Map(); // of unknown users, by device and id
			this.selected = new Set(); // names of punches
			this.results = [];
			this.make();
			this.listen();
			this.restore_results();
		}

		make() {
			this.page = frappe.ui.make_app_page({
				parent: this.wrapper,
				title: __("Held Punches"),
				single_column: true,
			});
			this.page.add_inner_button(__("All Held Punches"), () => this.open_list({ state: "Held" }));
			this.page.add_inner_button(__("Device IDs"), () => frappe.set_route("List", "CAMS Device ID"));
			this.page.add_inner_button(__("Ignored IDs"), () => frappe.set_route("List", "CAMS Ignored ID"));
			this.page
				.add_action_icon("refresh", () => this.refresh(), "", __("Refresh"))
				.attr("aria-label", __("Refresh"));
			this.body = $(`<div class="cams-held">
				<div class="cams-results" role="status" aria-live="polite"></div>
				<div class="cams-unread"></div>
				<div class="cams-unknown"></div>
				<div class="cams-groups"></div>
				<div class="cams-empty hide"></div>
			</div>`).appendTo(this.page.main);
			this.$results = this.body.find(".cams-results");
			this.$unread = this.body.find(".cams-unread");
			this.$unknown = this.body.find(".cams-unknown");
			this.$groups = this.body.find(".cams-groups");
			this.$empty = this.body.find(".cams-empty");
			this.body.on("click", "[data-do]", (event) => {
				event.preventDefault();
				const { do: method, argument } = event.currentTarget.dataset;
				this[method](argument, $(event.currentTarget));
			});
			this.body.on("change", ".cams-select", (event) => this.select(event.currentTarget));
		}

		// Refreshing

		listen() {
			this.refresh_soon = frappe.utils.debounce(() => this.is_shown() && this.refresh(), 800);
			cams_biometric.on_punches(() => this.refresh_soon());
			setInterval(() => {
				if (!cams_biometric.has_socket() && !document.hidden && this.is_shown()) this.refresh();
			}, HeldPunches.POLL);
		}

		is_shown() {
			return frappe.get_route()[0] === "cams-held-punches";
		}

		refresh() {
			this.asked = (this.asked || 0) + 1;
			const asked = this.asked;
			return cams_biometric.call("held_punches_page.held_groups", { rows: this.limit }).then((data) => {
				if (asked === this.asked) this.draw(data); // an older answer must not undo a newer one
			});
		}

		draw(data) {
			this.data = data;
			this.page.set_indicator(
				data.total ? __("{0} pending", [data.total]) : __("All clear"),
				data.total ? "orange" : "green",
			);
			this.draw_unread(data.unread);
			this.draw_unknown(data.unknown);
			this.draw_groups(data.groups);
			for (const result of this.results.filter((each) => each.outcome)) this.draw_result(result);
			this.$empty.toggleClass("hide", Boolean(data.total)).html(
				`<div class="cams-empty-icon">${frappe.utils.icon("es-line-success", "lg")}</div>
				<div>${__("All clear: nothing is pending.")}</div>`,
			);
		}

		header(group, buttons) {
			return `<header class="cams-header">
				<div class="cams-words">
					<h4>${words.escape(group.sentence)}
						<span class="indicator-pill no-indicator-dot ${cams_biometric.colors[group.state]}"
							title="${__("Punches")}">${group.count}</span></h4>
					<p class="text-muted">${words.escape(group.remedy)}</p>
				</div>
				<div class="cams-buttons">${buttons}</div>
			</header>`;
		}

		// Unread events

		draw_unread(unread) {
			this.$unread.toggleClass("hide", !unread.count);
			if (!unread.count) return this.$unread.empty();
			const rows = unread.rows.map((event) => this.unread_html(event)).join("");
			const read_all = words.button("read_again", "", __("Read All Again"), "btn-default");
			this.$unread.html(`<section class="frappe-card cams-group" data-code="UNREAD">
				${this.header({ ...unread, state: "Unread" }, this.data.may_resolve ? read_all : "")}
				<table class="cams-table">
					<thead><tr>
						<th>${__("Last Received")}</th><th>${__("Device")}</th><th>${__("Not Understood")}</th>
						<th class="text-right">${__("Times")}</th><th><span class="sr-only">${__("Actions")}</span></th>
					</tr></thead>
					<tbody>${rows}</tbody>
				</table>
				${this.unread_footer(unread)}
			</section>`);
		}

		unread_html(event) {
			const dismiss = words.button("dismiss_event", event.name, __("Dismiss"), "btn-default");
			return `<tr>
				<td>${words.form_link("CAMS Unread Event", event.name, words.moment(event.last_received))}</td>
				<td>${event.service_tag ? words.form_link("CAMS Device", event.service_tag, event.device) : __("Not known")}</td>
				<td class="text-muted">${words.escape(event.parts)}</td>
				<td class="text-right">${event.times}</td>
				<td class="text-right">${this.data.may_resolve ? dismiss : ""}</td>
			</tr>`;
		}

		unread_footer(unread) {
			if (unread.count <= unread.rows.length) return "";
			const text = __("The first {0} of {1}.", [unread.rows.length, unread.count]);
			return `<footer class="cams-footer">${text}
				<a href="#" data-do="open_events">${__("Show all")}</a></footer>`;
		}

		open_events() {
			frappe.set_route("List", "CAMS Unread Event", { state: "Unread" });
		}

		read_again() {
			return cams_biometric.call("unread_event_actions.read_again").then(({ read, unread }) => {
				frappe.show_alert({
					message: __("Understood: {0}. Still unread: {1}.", [read, unread]),
					indicator: unread ? "orange" : "green",
				});
				return this.refresh();
			});
		}

		dismiss_event(name) {
			frappe.confirm(__("Dismiss this event? Nothing in it will count."), () =>
				cams_biometric.call("unread_event_actions.dismiss", { names: [name] }).then(() => this.refresh()),
			);
		}

		// Unknown users

		draw_unknown(unknown) {
			const wanted = new Map(unknown.rows.map((row) => [this.key(row), row]));
			for (const [key, row] of this.rows) {
				if (!wanted.has(key) && !row.is_busy()) {
					row.$row.remove();
					this.rows.delete(key);
				}
			}
			this.$unknown.toggleClass("hide", !unknown.count && !this.rows.size);
			if (!this.$table) this.make_unknown();
			this.$unknown.find(".cams-header").replaceWith(this.header(unknown, this.unknown_buttons(unknown)));
			for (const [key, data] of wanted) {
				if (!this.rows.has(key)) {
					const row = new UnknownUser(this, key, data);
					this.rows.set(key, row);
					this.$table.append(row.$row);
				}
				this.rows.get(key).update(data);
			}
			this.draw_more(unknown);
		}

		key(row) {
			return JSON.stringify([row.service_tag || "", row.user_id, row.reason_code]);
		}

		make_unknown() {
			this.$unknown.html(`<section class="frappe-card cams-group" data-code="UNKNOWN_USER">
				<header class="cams-header"></header>
				<table class="cams-table">
					<thead><tr>
						<th>${__("User on Device")}</th>
						<th>${__("Device")}</th>
						<th class="text-right">${__("Punches")}</th>
						<th>${__("First and Last Seen")}</th>
						<th class="cams-employee">${__("Employee")}</th>
						<th><span class="sr-only">${__("Actions")}</span></th>
					</tr></thead>
					<tbody></tbody>
				</table>
				<footer class="cams-footer"></footer>
			</section>`);
			this.$table = this.$unknown.find("tbody");
		}

		unknown_buttons(unknown) {
			const sure = this.data.may_link ? words.sure_links(unknown.rows) : [];
			if (sure.length < 2) return "";
			return words.button("link_suggested", "", __("Link {0} Suggested", [sure.length]), "btn-default");
		}

		draw_more(unknown) {
			const hidden = unknown.users - unknown.rows.length;
			this.$unknown
				.find(".cams-footer")
				.toggleClass("hide", hidden <= 0)
				.html(words.button("show_more", "", __("Show More ({0} not shown)", [hidden]), "btn-default"));
		}

		show_more() {
			this.limit += HeldPunches.ROWS;
			this.refresh();
		}

		link(key) {
			const row = this.rows.get(key);
			if (!row.employee()) return row.focus();
			return this.link_row(key, {});
		}

		link_row(key, chosen) {
			const row = this.rows.get(key);
			row.set_busy(true);
			return this.link_user(row.data, row.employee(), chosen)
				.then(() => this.refresh())
				.then(() => this.focus_next(key))
				.finally(() => row.set_busy(false));
		}

		link_user(data, employee, chosen) {
			const { user_id, service_tag } = data;
			return cams_biometric
				.call("held_punches_page.link", { user_id, employee, service_tag, ...chosen })
				.then((linked) => this.add_result({ ...linked, kind: "link" }));
		}

		// On which devices and days: what fits is asked of the server.
		choose_way(key) {
			const row = this.rows.get(key);
			const employee = row.employee();
			if (!employee) return row.focus();
			const { user_id, service_tag } = row.data;
			return cams_biometric
				.call("held_punches_page.link_ways", { user_id, employee, service_tag })
				.then((ways) => this.ask_way(key, row, ways));
		}

		ask_way(key, row, ways) {
			const dialog = new frappe.ui.Dialog({
				title: __("Link {0} to {1}", [words.escape(row.data.user_id), words.escape(row.known_name())]),
				fields: [
					{
						fieldname: "way",
						fieldtype: "Select",
						label: __("How"),
						options: ways.map(({ way, label }) => ({ value: way, label })),
						default: ways[0].way,
						reqd: 1,
					},
					{ fieldname: "from_date", fieldtype: "Date", label: __("From"), depends_on: "eval: doc.way != 'own'" },
					{
						fieldname: "until_date",
						fieldtype: "Date",
						label: __("Until"),
						depends_on: "eval: doc.way != 'own'",
						description: __("Empty: for all days."),
					},
				],
				primary_action_label: __("Link"),
				primary_action: ({ way, from_date, until_date }) => {
					dialog.hide();
					const days = way === "own" ? {} : { from_date, until_date };
					this.link_row(key, { way, ...days });
				},
			});
			dialog.show();
		}

		focus_next(key) {
			if (this.rows.has(key)) return;
			const [next] = this.rows.values();
			if (next) next.focus();
		}

		link_suggested() {
			const links = words.sure_links(this.data.unknown.rows);
			const fields = links.map(({ row, suggestion }, place) => ({
				fieldname: `link_${place}`,
				fieldtype: "Check",
				default: 1,
				label: `${words.escape(row.user_id)}${row.name_on_device ? ` (${words.escape(row.name_on_device)})` : ""}
					→ <b>${words.escape(suggestion.employee_name)}</b>
					<span class="text-muted">${words.escape(suggestion.employee)}, ${words.why(suggestion.why)}</span>`,
			}));
			const dialog = new frappe.ui.Dialog({
				title: __("Link Suggested"),
				fields: [
					{
						fieldtype: "HTML",
						fieldname: "explanation",
						options: `<p>${__("Each employee gets the user ID, and the pending punches become check-ins.")}</p>`,
					},
					...fields,
				],
				primary_action_label: __("Link"),
				primary_action: (values) => {
					dialog.hide();
					const chosen = links.filter((_, place) => values[`link_${place}`]);
					chosen
						.reduce(
							(before, { row, suggestion }) => before.then(() => this.link_user(row, suggestion.employee, {})),
							Promise.resolve(),
						)
						.finally(() => this.refresh());
				},
			});
			dialog.show();
		}

		dismiss_user(key) {
			const { data } = this.rows.get(key);
			this.confirm_dismiss(data.count, () =>
				this.resolve("dismiss", data.reason_code, {
					user_id: data.user_id,
					service_tag: data.service_tag || "",
				}),
			);
		}

		// A visitor, a contractor, a test: on this device or everywhere.
		ignore_user(key) {
			const { data } = this.rows.get(key);
			const everywhere = { value: "", label: __("Everywhere") };
			const here = { value: data.service_tag, label: __("On {0} only", [words.escape(data.device)]) };
			frappe.prompt(
				[
					{
						fieldname: "service_tag",
						fieldtype: "Select",
						label: __("Where"),
						options: data.service_tag ? [here, everywhere] : [everywhere],
						default: data.service_tag || "",
					},
					{
						fieldname: "reason",
						fieldtype: "Small Text",
						label: __("Reason"),
						reqd: 1,
						description: __("For example a visitor, a contractor or a test."),
					},
				],
				(values) =>
					cams_biometric
						.call("held_punches_page.ignore_id", { user_id: data.user_id, ...values })
						.then((done) => {
							this.add_result({ ...done, kind: "ignore" });
							return this.refresh();
						}),
				__("Ignore User {0}", [words.escape(data.user_id)]),
				__("Ignore"),
			);
		}

		// Other reasons

		draw_groups(groups) {
			const names = new Set(groups.flatMap((group) => group.punches.map((punch) => punch.name)));
			this.selected = new Set([...this.selected].filter((name) => names.has(name)));
			const focused = this.$groups.find(":focus").attr("data-key");
			this.$groups.html(groups.map((group) => this.group_html(group)).join(""));
			if (focused) this.$groups.find(`[data-key="${focused}"]`).trigger("focus");
		}

		group_html(group) {
			const rows = group.punches.map((punch) => this.punch_html(group, punch)).join("");
			return `<section class="frappe-card cams-group" data-code="${group.code}">
				${this.header(group, this.group_buttons(group))}
				<table class="cams-table">
					<thead><tr>
						${this.data.may_resolve ? `<th class="cams-check"><span class="sr-only">${__("Select")}</span></th>` : ""}
						<th>${__("Time")}</th><th>${__("Who")}</th><th>${__("Device")}</th>
						<th>${__("Punch Type")}</th><th>${__("Detail")}</th>
					</tr></thead>
					<tbody>${rows}</tbody>
				</table>
				${this.group_footer(group)}
			</section>`;
		}

		group_footer(group) {
			if (group.count <= group.punches.length) return "";
			const text = __("The first {0} of {1}.", [group.punches.length, group.count]);
			const filters = { state: group.state, reason_code: group.code };
			return `<footer class="cams-footer">${text} ${words.list_link(filters, __("Show all"))}</footer>`;
		}

		group_buttons(group) {
			const places = group.places.map((place) =>
				words.button("open", JSON.stringify(place.route), __("Open {0}", [words.escape(place.label)]), "btn-default"),
			);
			if (!this.data.may_resolve) return places.join("");
			const chosen = group.punches.filter((punch) => this.selected.has(punch.name)).length;
			const actions = group.actions.map((action, place) => {
				const is_remedy = /^(accept|correct)_/.test(action) || (action !== "dismiss" && !group.places.length);
				const style = place === 0 && is_remedy ? "btn-primary" : "btn-default";
				const argument = JSON.stringify([action, group.code]);
				return words.button("resolve_group", argument, `${words.action(action)} ${chosen ? `(${chosen})` : ""}`, style);
			});
			return [...places, ...actions].join("");
		}

		punch_html(group, punch) {
			const checked = this.selected.has(punch.name) ? "checked" : "";
			const label = __("Select the punch of {0} at {1}", [punch.user_id, words.moment(punch.punch_time)]);
			const select = `<td class="cams-check"><input type="checkbox" class="cams-select" data-key="${punch.name}"
				data-code="${group.code}" aria-label="${words.escape(label)}" ${checked}></td>`;
			const who = punch.employee
				? words.form_link("Employee", punch.employee, punch.employee_name || punch.employee)
				: words.escape(punch.user_id || __("No user ID"));
			const time = words.moment(punch.punch_time) || punch.original_time;
			return `<tr>
				${this.data.may_resolve ? select : ""}
				<td>${words.form_link("CAMS Punch", punch.name, time)}</td>
				<td>${who} ${punch.employee ? `<span class="text-muted">${words.escape(punch.user_id)}</span>` : ""}</td>
				<td>${punch.service_tag ? words.form_link("CAMS Device", punch.service_tag, punch.device) : __("Not known")}</td>
				<td>${words.escape(cams_biometric.type_of(punch.punch_type))}</td>
				<td class="text-muted">${words.escape(punch.detail)}</td>
			</tr>`;
		}

		select(input) {
			const { key, code } = input.dataset;
			if (input.checked) this.selected.add(key);
			else this.selected.delete(key);
			const group = this.data.groups.find((each) => each.code === code);
			this.$groups.find(`[data-code="${code}"] .cams-buttons`).html(this.group_buttons(group));
		}

		resolve_group(argument) {
			const [action, code] = JSON.parse(argument);
			const group = this.data.groups.find((each) => each.code === code);
			const names = group.punches.map((punch) => punch.name).filter((name) => this.selected.has(name));
			if (action === "correct_time") return this.correct_time(code, names);
			const run = () => this.resolve(action, code, { names });
			if (action === "dismiss") return this.confirm_dismiss(names.length || group.count, run);
			return run();
		}

		// Those that were chosen, or all of the reason.
		correct_time(reason_code, names) {
			const { as_of } = this.data;
			const propose = (which) =>
				names.length
					? cams_biometric.call("time_correction_actions.propose", { names, ...which })
					: cams_biometric.call("held_punches_page.propose_time", { reason_code, as_of, ...which });
			return cams_biometric.correct_time(propose).then((done) => this.add_moved(done, "correct_time"));
		}

		add_moved(done, kind) {
			for (const name of done.names) this.selected.delete(name);
			this.add_result({ ...done, kind });
			return this.refresh();
		}

		confirm_dismiss(count, run) {
			const text =
				count === 1
					? __("Dismiss 1 punch? It will not become a check-in.")
					: __("Dismiss {0} punches? They will not become check-ins.", [count]);
			frappe.confirm(text, run);
		}

		resolve(action, reason_code, which) {
			return cams_biometric.call("held_punches_page.resolve", { action, reason_code, as_of: this.data.as_of, ...which }).then((done) => {
				for (const name of done.names) this.selected.delete(name);
				this.add_result({ ...done, kind: action });
				return this.refresh();
			});
		}

		open(route) {
			frappe.set_route(...JSON.parse(route));
		}

		open_list(filters) {
			frappe.set_route("List", "CAMS Punch", typeof filters === "string" ? JSON.parse(filters) : filters);
		}

		// The outcome

		add_result(result) {
			result.id = frappe.utils.get_random(8);
			this.results.unshift(result);
			this.$results.prepend(`<div class="cams-result" data-result="${result.id}"></div>`);
			this.keep_results();
			this.follow(result);
		}

		async follow(result) {
			const start = Date.now();
			while (!result.undone && this.results.includes(result)) {
				result.outcome = await cams_biometric.call("held_punches_page.outcome_since", this.question(result));
				this.draw_result(result);
				const waited = Date.now() - start;
				if (!result.outcome.queued || waited > HeldPunches.PATIENCE) break;
				await new Promise((resolve) => setTimeout(resolve, waited < HeldPunches.EAGER ? 700 : 5000));
			}
			this.refresh();
		}

		question({ since, user_id, names }) {
			return user_id ? { since, user_id } : { since, names };
		}

		draw_result(result) {
			const { outcome } = result;
			const color = result.busy || outcome?.queued ? "blue" : outcome?.others.some(words.waits) ? "orange" : "green";
			const undo = this.can_undo(result) ? words.button("undo", result.id, __("Undo"), "btn-default") : "";
			const close = `<button class="btn btn-xs btn-default icon-btn" data-do="close_result"
				data-argument="${result.id}" aria-label="${__("Close")}">${frappe.utils.icon("close", "xs")}</button>`;
			this.$results
				.find(`[data-result="${result.id}"]`)
				.html(
					`<span class="indicator ${color}"></span>
					<div class="cams-words">${words.result(result)}</div>
					<div class="cams-buttons">${undo}${close}</div>`,
				);
		}

		can_undo(result) {
			if (result.undone || result.busy) return false;
			if (result.kind === "link") return this.data?.may_undo;
			if (result.kind === "ignore") return this.data?.may_resolve;
			return ["dismiss", "correct_time"].includes(result.kind) && this.data?.may_resolve && result.names.length;
		}

		close_result(id) {
			this.results = this.results.filter((result) => result.id !== id);
			this.$results.find(`[data-result="${id}"]`).remove();
			this.keep_results();
		}

		keep_results() {
			const kept = this.results.filter((result) => !result.undone).slice(0, 10);
			sessionStorage.setItem(
				HeldPunches.KEPT,
				JSON.stringify(kept.map(({ outcome, busy, ...result }) => ({ ...result, user: frappe.session.user }))),
			);
		}

		restore_results() {
			const kept = JSON.parse(sessionStorage.getItem(HeldPunches.KEPT) || "[]");
			const own = kept.filter((result) => result.user === frappe.session.user);
			for (const result of own.reverse()) this.add_result(result);
		}

		undo(id) {
			const result = this.results.find((each) => each.id === id);
			if (result.kind === "dismiss") return this.undo_dismiss(result);
			if (result.kind === "ignore") return this.undo_ignore(result);
			if (result.kind === "correct_time") return this.undo_correction(result);
			return cams_biometric.call("held_punches_page.outcome_since", this.question(result)).then((outcome) => {
				result.outcome = outcome;
				frappe.warn(__("Undo Link"), words.undo_question(result), () => this.undo_link(result), __("Undo"));
			});
		}

		undo_dismiss(result) {
			return cams_biometric
				.call("punch_actions.retry", { names: result.names })
				.then(() => this.close_result(result.id))
				.then(() => this.add_result({ ...result, kind: "retry" }));
		}

		undo_correction(result) {
			return cams_biometric.undo_time_correction(result.names).then((done) => {
				this.close_result(result.id);
				return this.add_moved(done, "undo_time");
			});
		}

		undo_ignore(result) {
			return frappe.db
				.delete_doc("CAMS Ignored ID", result.name)
				.then(() => this.close_result(result.id))
				.then(() => this.refresh());
		}

		async undo_link(result) {
			const { user_id, employee, since, mapping } = result;
			let done = { left: 1 };
			result.undone = { taken_back: 0 };
			result.busy = true;
			this.draw_result(result);
			try {
				while (done.left) {
					done = await cams_biometric.call("held_punches_page.undo_link", {
						user_id,
						employee,
						since,
						mapping: mapping || "",
					});
					result.undone = { ...done, taken_back: result.undone.taken_back + done.taken_back };
					this.draw_result(result);
				}
			} catch {
				result.undone = null; // the server has said why
			}
			result.busy = false;
			this.draw_result(result);
			this.keep_results();
			return this.refresh();
		}
	}

	frappe.pages["cams-held-punches"].on_page_load = (wrapper) => {
		wrapper.held_punches = new HeldPunches(wrapper);
	};

	frappe.pages["cams-held-punches"].on_page_show = (wrapper) => wrapper.held_punches.refresh();
})();
