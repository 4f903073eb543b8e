(() => {
{% include "navari_cams_biometric/public/js/cams_biometric.js" %}
{% include "navari_cams_biometric/public/js/correct_time.js" %}
{% include "navari_cams_biometric/cams_biometric/page/cams_held_punches/words.js" %}
{% include "navari_cams_biometric/cams_biometric/page/cams_held_punches/held_filters.js" %}
{% include "navari_cams_biometric/cams_biometric/page/cams_held_punches/exact_links.js" %}
{% include "navari_cams_biometric/cams_biometric/page/cams_held_punches/unknown_user.js" %}

	// Held and failed punches by reason, with what fixes them. The server groups and acts; here it is drawn, refreshed
	// without touching what somebody is about to fill in or where the focus is, and told what came of each press of a
	// button.
	class HeldPunches {
		static POLL = 15000; // without a socket
		static EAGER = 20000; // asks often for what came of it, then less
		static PATIENCE = 300000; // longer than the sweep needs that comes after a lost job
		static ROWS = 50; // of unknown users on one page
		static LINKS = 20; // in one request
		static KEPT = "cams_held_outcomes"; // in the browser's tab, so that a reload does not take Undo away

		constructor(wrapper) {
			this.wrapper = $(wrapper);
			this.start = 0;
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
				<div class="cams-filters"></div>
				<div class="cams-results" role="status" aria-live="polite"></div>
				<div class="cams-unread"></div>
				<div class="cams-unknown"></div>
				<div class="cams-groups"></div>
				<div class="cams-empty hide"></div>
			</div>`).appendTo(this.page.main);
			this.filters = new HeldFilters(this.body.find(".cams-filters"), () => this.filter());
			this.$results = this.body.find(".cams-results");
			this.$unread = this.body.find(".cams-unread");
			this.$unknown = this.body.find(".cams-unknown");
			this.$groups = this.body.find(".cams-groups");
			this.$empty = this.body.find(".cams-empty");
			this.body.on("click", "[data-do]", (event) => {
				event.preventDefault();
				const { do: method, argument } = event.currentTarget.dataset;
				if (event.currentTarget.getAttribute("aria-disabled") === "true") return;
				this[method](argument, $(event.currentTarget));
			});
			this.body.on("change", ".cams-select", (event) => this.select(event.currentTarget));
			this.body.on("change", ".cams-select-all", (event) => this.select_all(event.currentTarget));
			this.body.on("focusin", (event) => this.note_place(event.target));
			$(document).on("hidden.bs.modal", () => setTimeout(() => this.is_shown() && this.return_focus()));
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

		show() {
			this.filters.take(frappe.route_options || {});
			frappe.route_options = null;
			return this.refresh();
		}

		filter() {
			this.start = 0;
			return this.refresh();
		}

		refresh() {
			this.asked = (this.asked || 0) + 1;
			const asked = this.asked;
			const { order } = this.filters;
			const question = { rows: HeldPunches.ROWS, start: this.start, filters: this.filters.values(), order };
			return cams_biometric.call("held_punches_page.held_groups", question).then((data) => {
				if (asked === this.asked) this.draw(data); // an older answer must not undo a newer one
			});
		}

		draw(data) {
			this.data = data;
			this.start = data.unknown.start;
			this.page.set_indicator(
				data.total ? __("{0} pending", [data.total]) : __("All clear"),
				data.total ? "orange" : "green",
			);
			const { unread, unknown, groups } = data;
			const reasons = [
				{ ...unread, code: "UNREAD" },
				{ ...unknown, code: "UNKNOWN_USER" },
				...groups,
			];
			this.filters.offer_reasons(reasons.filter(({ count }) => count));
			this.draw_unread(unread);
			this.draw_unknown(unknown);
			this.draw_groups(groups.filter(({ code }) => this.filters.shows(code)));
			for (const result of this.results.filter((each) => each.outcome)) this.draw_result(result);
			this.$empty.toggleClass("hide", Boolean(data.total));
			if (!data.total) cams_biometric.patch(this.$empty[0], this.empty_html());
			if (document.activeElement === document.body) this.move_focus();
		}

		empty_html() {
			if (this.filters.is_on()) {
				return `<p>${__("Nothing is pending that matches these filters.")}</p>
					${words.button("clear_filters", "", __("Clear Filters"), "btn-default")}`;
			}
			return `<div class="cams-empty-icon">${frappe.utils.icon("es-line-success", "lg")}</div>
				<div>${__("All clear: nothing is pending.")}</div>`;
		}

		clear_filters() {
			this.filters.clear();
			return this.filter();
		}

		// Where the focus is. What has the focus keeps it; if it is gone, what has taken its place gets it: the next row,
		// else what comes next on the page.

		note_place(element) {
			const $row = $(element).closest("tr");
			const follow = this.focusable();
			this.place = {
				element,
				index: $row.index(),
				is_unknown: Boolean($row.closest(".cams-unknown").length && $row.data("user") !== undefined),
				follow: follow.slice(follow.indexOf(element) + 1),
			};
		}

		focusable() {
			return this.body.find("a[href], button, input, select, summary").toArray();
		}

		// After a dialog, to where it was opened.
		return_focus() {
			if (document.activeElement !== document.body || !this.place) return;
			if (this.place.element.isConnected) this.place.element.focus({ preventScroll: true });
			else this.move_focus();
		}

		move_focus() {
			if (!this.place || this.place.element.isConnected || $(".modal.show").length) return;
			const rows = [...this.rows.values()];
			if (this.place.is_unknown && rows.length) {
				const $rows = this.$table.children();
				const place = $rows[Math.min(this.place.index, $rows.length - 1)];
				return rows.find((row) => row.$row[0] === place).focus();
			}
			const next = this.place.follow.find((each) => each.isConnected && each.offsetParent);
			(next || this.body.find("button:visible")[0])?.focus();
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
			const is_shown = unread.count && this.filters.shows("UNREAD");
			cams_biometric.patch(this.$unread[0], is_shown ? this.unread_section(unread) : "");
		}

		unread_section(unread) {
			const rows = unread.rows.map((event) => this.unread_html(event)).join("");
			const read_all = words.button("read_again", "", __("Read All Again"), "btn-default");
			return `<section class="frappe-card cams-group" data-code="UNREAD" aria-label="${__("Events Not Understood")}">
				${this.header({ ...unread, state: "Unread" }, this.data.may_resolve ? read_all : "")}
				<table class="cams-table">
					<thead><tr>
						<th>${__("Last Received")}</th><th>${__("Device")}</th><th>${__("Not Understood")}</th>
						<th class="text-right">${__("Times")}</th><th><span class="sr-only">${__("Actions")}</span></th>
					</tr></thead>
					<tbody>${rows}</tbody>
				</table>
				${this.unread_footer(unread)}
			</section>`;
		}

		unread_html(event) {
			const dismiss = words.button("dismiss_event", event.name, __("Dismiss"), "btn-default");
			return `<tr data-key="${words.escape(event.name)}">
				<td>${words.form_link("CAMS Unread Event", event.name, words.moment(event.last_received) || __("Show"))}</td>
				<td>${event.service_tag ? words.form_link("CAMS Device", event.service_tag, words.bdi(event.device)) : __("Not known")}</td>
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
			const is_empty = !unknown.count && !this.rows.size;
			this.$unknown.toggleClass("hide", is_empty || !this.filters.shows("UNKNOWN_USER"));
			if (!this.$table) this.make_unknown();
			cams_biometric.patch(this.$unknown.find(".cams-head")[0], this.header({ ...unknown, state: "Held" }, this.unknown_buttons(unknown)));
			for (const [key, data] of wanted) {
				if (!this.rows.has(key)) this.rows.set(key, new UnknownUser(this, key, data));
				this.rows.get(key).update(data);
			}
			this.place_rows(wanted);
			cams_biometric.patch(this.$unknown.find(".cams-footer")[0], this.pager_html(unknown));
		}

		// In the order of the server; where somebody is at work nothing moves.
		place_rows(wanted) {
			let next = this.$table[0].firstElementChild;
			for (const key of wanted.keys()) {
				const [row] = this.rows.get(key).$row;
				while (next && !wanted.has(next.dataset.key)) next = next.nextElementSibling;
				if (row === next) next = next.nextElementSibling;
				else if (!row.contains(document.activeElement)) this.$table[0].insertBefore(row, next);
			}
		}

		key(row) {
			return JSON.stringify([row.service_tag || "", row.user_id, row.reason_code]);
		}

		make_unknown() {
			this.$unknown.html(`<section class="frappe-card cams-group" data-code="UNKNOWN_USER" aria-label="${__("Unknown Users")}">
				<div class="cams-head"></div>
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
			const is_worth_it = unknown.users > unknown.rows.length || unknown.rows.some((row) => row.sure);
			if (!this.data.may_link || !is_worth_it) return "";
			return words.button("link_exact", "", __("Link All Exact Suggestions"), "btn-default");
		}

		pager_html(unknown) {
			const { start, users, rows } = unknown;
			if (users <= rows.length) return "";
			const turn = (by, label, is_end) =>
				words.button("turn", by, label, "btn-default").replace("<button", `<button aria-disabled="${is_end}"`);
			return `<nav class="cams-pager" aria-label="${__("Pages of users")}">
				${turn(-1, __("Previous"), start === 0)}
				<span role="status">${__("{0} to {1} of {2} users", [start + 1, start + rows.length, users])}</span>
				${turn(1, __("Next"), start + rows.length >= users)}
			</nav>`;
		}

		turn(by) {
			this.start += Number(by) * HeldPunches.ROWS;
			return this.refresh().then(() => this.$unknown[0].scrollIntoView());
		}

		link(key) {
			const row = this.rows.get(key);
			if (!row.employee()) return row.choose_employee();
			return this.link_row(key, {});
		}

		link_row(key, chosen) {
			const row = this.rows.get(key);
			row.set_busy(true);
			return this.link_user(row.data, row.employee(), chosen)
				.then(() => this.refresh())
				.finally(() => row.set_busy(false));
		}

		link_user(data, employee, chosen) {
			const { user_id, service_tag } = data;
			return cams_biometric
				.call("held_punches_page.link", { user_id, employee, service_tag, ...chosen })
				.then((linked) => this.add_result({ since: linked.since, links: [linked], kind: "link" }));
		}

		// On which devices and days: what fits is asked of the server.
		choose_way(key) {
			const row = this.rows.get(key);
			const employee = row.employee();
			if (!employee) return row.choose_employee();
			const { user_id, service_tag } = row.data;
			return cams_biometric
				.call("held_punches_page.link_ways", { user_id, employee, service_tag })
				.then((ways) => this.ask_way(key, row, ways));
		}

		ask_way(key, row, ways) {
			const dialog = new frappe.ui.Dialog({
				title: __("Link {0} to {1}", [words.bdi(row.data.user_id), words.bdi(row.known_name())]),
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
				primary_action_label: __("Link to Employee"),
				primary_action: ({ way, from_date, until_date }) => {
					dialog.hide();
					const days = way === "own" ? {} : { from_date, until_date };
					this.link_row(key, { way, ...days });
				},
			});
			dialog.show();
		}

		// All exact suggestions that the filters leave, on this page or not: first looked at, then linked.
		link_exact() {
			return cams_biometric.call("held_punches_page.exact_links", { filters: this.filters.values() }).then((links) => {
				if (!links.length) {
					return frappe.msgprint(__("No suggestion is exact: choose the employees one by one."), __("Link All Exact Suggestions"));
				}
				new ExactLinks(links, (chosen) => this.link_many(chosen));
			});
		}

		async link_many(links) {
			const done = { kind: "link", links: [], refused: [] };
			const title = __("Linking");
			try {
				for (let first = 0; first < links.length; first += HeldPunches.LINKS) {
					frappe.show_progress(title, first, links.length, __("{0} of {1}", [first, links.length]), true);
					const part = links.slice(first, first + HeldPunches.LINKS);
					const { since, links: made, left } = await cams_biometric.call("held_punches_page.link_many", {
						links: part.map(({ user_id, service_tag, employee }) => ({ user_id, service_tag, employee })),
					});
					done.since ||= since;
					done.links.push(...made);
					done.refused.push(...left);
				}
			} finally {
				frappe.show_progress(title, links.length, links.length, "", true);
				if (done.since) this.add_result(done);
				this.refresh();
			}
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
				__("Ignore User {0}", [words.bdi(data.user_id)]),
				__("Ignore"),
			);
		}

		// Other reasons

		draw_groups(groups) {
			const names = new Set(groups.flatMap((group) => group.punches.map((punch) => punch.name)));
			this.selected = new Set([...this.selected].filter((name) => names.has(name)));
			cams_biometric.patch(this.$groups[0], groups.map((group) => this.group_html(group)).join(""));
		}

		group_html(group) {
			const rows = group.punches.map((punch) => this.punch_html(group, punch)).join("");
			const is_all = group.punches.every((punch) => this.selected.has(punch.name));
			const select_all = `<th class="cams-check"><input type="checkbox" class="cams-select-all" data-code="${group.code}"
				aria-label="${__("Select all shown")}" ${is_all ? "checked" : ""}></th>`;
			return `<section class="frappe-card cams-group" data-code="${group.code}" data-key="${group.code}"
				aria-label="${words.escape(group.sentence)}">
				${this.header(group, this.group_buttons(group))}
				<table class="cams-table">
					<thead><tr>
						${this.data.may_resolve ? select_all : ""}
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
				words.button("open", JSON.stringify(place.route), __("Open {0}", [words.bdi(place.label)]), "btn-default"),
			);
			if (!this.data.may_resolve) return places.join("");
			const chosen = group.punches.filter((punch) => this.selected.has(punch.name)).length;
			const actions = group.actions.map((action, place) => {
				const is_remedy = /^(accept|correct)_/.test(action) || (action !== "dismiss" && !group.places.length);
				const style = place === 0 && is_remedy ? "btn-primary" : "btn-default";
				const argument = JSON.stringify([action, group.code]);
				return words.button("resolve_group", argument, words.action(action, chosen, group.count), style);
			});
			return [...places, ...actions].join("");
		}

		punch_html(group, punch) {
			const checked = this.selected.has(punch.name) ? "checked" : "";
			const label = __("Select the punch of {0} at {1}", [punch.user_id, words.clock(punch.punch_time)]);
			const select = `<td class="cams-check"><input type="checkbox" class="cams-select" data-name="${punch.name}"
				data-code="${group.code}" aria-label="${words.escape(label)}" ${checked}></td>`;
			const who = punch.employee
				? words.form_link("Employee", punch.employee, words.bdi(punch.employee_name || punch.employee))
				: words.bdi(punch.user_id || __("No user ID"));
			const time = words.moment(punch.punch_time) || words.bdi(punch.original_time);
			return `<tr data-key="${punch.name}">
				${this.data.may_resolve ? select : ""}
				<td>${words.form_link("CAMS Punch", punch.name, time)}</td>
				<td>${who} ${punch.employee ? `<span class="text-muted">${words.bdi(punch.user_id)}</span>` : ""}</td>
				<td>${punch.service_tag ? words.form_link("CAMS Device", punch.service_tag, words.bdi(punch.device)) : __("Not known")}</td>
				<td>${words.escape(cams_biometric.type_of(punch.punch_type))}</td>
				<td class="text-muted">${words.bdi(punch.detail)}</td>
			</tr>`;
		}

		select(input) {
			this.mark([input.dataset.name], input.checked);
		}

		select_all(input) {
			const group = this.data.groups.find((each) => each.code === input.dataset.code);
			this.mark(group.punches.map((punch) => punch.name), input.checked);
		}

		mark(names, is_selected) {
			for (const name of names) this.selected[is_selected ? "add" : "delete"](name);
			this.draw_groups(this.data.groups.filter(({ code }) => this.filters.shows(code)));
		}

		resolve_group(argument) {
			const [action, code] = JSON.parse(argument);
			const group = this.data.groups.find((each) => each.code === code);
			const names = group.punches.map((punch) => punch.name).filter((name) => this.selected.has(name));
			if (action === "correct_time") return this.correct_time(code, names);
			const run = () => this.resolve(action, code, { names });
			if (action === "dismiss") return this.confirm_dismiss(names.length || group.count, run);
			if (names.length || group.count === 1) return run();
			frappe.confirm(words.all_question(action, group.count), run);
		}

		// Those that were chosen, or all of the reason.
		correct_time(reason_code, names) {
			const { as_of } = this.data;
			const filters = this.filters.values();
			const propose = (which) =>
				names.length
					? cams_biometric.call("time_correction_actions.propose", { names, ...which })
					: cams_biometric.call("held_punches_page.propose_time", { reason_code, as_of, filters, ...which });
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
			const seen = { as_of: this.data.as_of, filters: this.filters.values() };
			return cams_biometric.call("held_punches_page.resolve", { action, reason_code, ...seen, ...which }).then((done) => {
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

		question({ since, links, user_id, names }) {
			const user_ids = links ? links.map((link) => link.user_id) : [user_id];
			return links || user_id ? { since, user_ids } : { since, names };
		}

		draw_result(result) {
			const { outcome } = result;
			const is_wrong = result.refused?.length || outcome?.others.some(words.waits);
			const color = result.busy || outcome?.queued ? "blue" : is_wrong ? "orange" : "green";
			const undo = this.can_undo(result) ? words.button("undo", result.id, __("Undo"), "btn-default") : "";
			const close = `<button type="button" class="btn btn-xs btn-default icon-btn" data-do="close_result"
				data-argument="${result.id}" aria-label="${__("Close")}">${frappe.utils.icon("close", "xs")}</button>`;
			const [box] = this.$results.find(`[data-result="${result.id}"]`);
			if (!box) return;
			cams_biometric.patch(
				box,
				`<span class="indicator ${color}"></span>
				<div class="cams-words">${words.result(result)}</div>
				<div class="cams-buttons">${undo}${close}</div>`,
			);
		}

		can_undo(result) {
			if (result.undone || result.busy) return false;
			if (result.kind === "link") return this.data?.may_undo && result.links.length;
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
			result.undone = { taken_back: 0, left: 0, kept: 0 };
			result.busy = true;
			this.draw_result(result);
			try {
				for (const link of result.links) await this.undo_one(result, link);
			} catch {
				result.undone = null; // the server has said why
			}
			result.busy = false;
			this.draw_result(result);
			this.keep_results();
			return this.refresh();
		}

		// A slice of its check-ins at a time.
		async undo_one(result, { user_id, employee, since, mapping }) {
			let done = { left: 1 };
			while (done.left) {
				const question = { user_id, employee, since, mapping: mapping || "" };
				done = await cams_biometric.call("held_punches_page.undo_link", question);
				result.undone.taken_back += done.taken_back;
				result.undone.left = done.left;
				if (!done.left) result.undone.kept += done.kept;
				this.draw_result(result);
			}
		}
	}

	frappe.pages["cams-held-punches"].on_page_load = (wrapper) => {
		wrapper.held_punches = new HeldPunches(wrapper);
	};

	frappe.pages["cams-held-punches"].on_page_show = (wrapper) => wrapper.held_punches.show();
})();
