(() => {
{% include "navari_cams_biometric/public/js/cams_biometric.js" %}
{% include "navari_cams_biometric/cams_biometric/page/cams_live_board/muster_list.js" %}

	// For the gate and for emergencies: the last punches as they happen, and who is in. It asks again when the server
	// says that there is something new, or every few seconds where the socket is missing, and only while it is looked at.
	// What is the same stays in the page, and so the focus. When the server does not answer, what was known stays, with its
	// time.
	class LiveBoard {
		static POLL = 5000; // without a socket
		static WITH_SOCKET = 60000; // people drop off the board as time goes by

		constructor(wrapper) {
			this.wrapper = $(wrapper);
			this.branch = null; // all
			this.known = null; // names of the punches that were shown
			this.asked_at = 0;
			this.make();
			this.listen();
		}

		// By fetch rather than frappe.call: a board on a wall must not open a dialog at every failure.
		async call(method, values) {
			const response = await fetch(`/api/method/${cams_biometric.method(method)}`, {
				method: "POST",
				headers: {
					Accept: "application/json",
					"Content-Type": "application/json",
					"X-Frappe-CSRF-Token": frappe.csrf_token,
				},
				body: JSON.stringify(values || {}),
				signal: AbortSignal.timeout(20000),
			});
			if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
			return (await response.json()).message;
		}

		make() {
			this.page = frappe.ui.make_app_page({
				parent: this.wrapper,
				title: __("Live Board"),
				single_column: true,
			});
			this.page.set_primary_action(__("Muster List"), () => this.print_muster(), "printer");
			this.body = $(`<div class="cams-board">
				<section class="frappe-card cams-in" aria-label="${__("Who Is In")}">
					<header>
						<h4>${__("Who Is In")}</h4>
						<span class="cams-total" role="status"></span>
						<select class="form-control cams-branch" aria-label="${__("Branch")}"></select>
					</header>
					<div class="cams-people"></div>
				</section>
				<section class="frappe-card cams-last" aria-label="${__("Last Punches")}">
					<header><h4>${__("Last Punches")}</h4></header>
					<div class="cams-punches"></div>
				</section>
			</div>`).appendTo(this.page.main);
			this.$branch = this.body.find(".cams-branch");
			this.$branch.on("change", () => {
				this.branch = JSON.parse(this.$branch.val());
				this.draw_people();
			});
		}

		// Staying up to date

		listen() {
			this.refresh_soon = frappe.utils.throttle(() => this.is_shown() && this.refresh(), 1000);
			cams_biometric.on_punches(() => this.refresh_soon());
			setInterval(() => this.is_shown() && this.is_due() && this.refresh(), 1000);
		}

		is_shown() {
			return frappe.get_route()[0] === "cams-live-board" && !document.hidden;
		}

		is_due() {
			return Date.now() - this.asked_at >= (cams_biometric.has_socket() ? LiveBoard.WITH_SOCKET : LiveBoard.POLL);
		}

		async refresh() {
			this.asked_at = Date.now();
			const asked = this.asked_at;
			try {
				const data = await this.call("live_board_page.board");
				if (asked !== this.asked_at) return; // an older answer must not undo a newer one
				this.data = data;
				this.draw();
			} catch (error) {
				this.draw_silence(error);
			}
		}

		draw_silence(error) {
			const since = this.data ? time_of(this.data.now) : "";
			const text = error.message.startsWith("403") ? __("No permission: log in again") : __("No answer");
			this.page.set_indicator(since ? __("{0}, as of {1}", [text, since]) : text, "red");
		}

		patch(selector, html) {
			cams_biometric.patch(this.body.find(selector)[0], html);
		}

		draw() {
			const text = cams_biometric.has_socket() ? __("Live") : __("Live, every {0} s", [LiveBoard.POLL / 1000]);
			this.page.set_indicator(text, "green");
			this.draw_punches();
			this.draw_branches();
			this.draw_people();
		}

		// The last punches

		draw_punches() {
			const { punches } = this.data;
			const known = this.known || new Set(punches.map((punch) => punch.name));
			this.known = new Set(punches.map((punch) => punch.name));
			this.patch(
				".cams-punches",
				punches.length
					? punches.map((punch) => this.punch_html(punch, !known.has(punch.name))).join("")
					: `<p class="cams-nothing">${__("No punches yet.")}</p>`,
			);
		}

		punch_html(punch, is_new) {
			const who = punch.employee_name || __("User {0}", [punch.user_id || "?"]);
			const label = punch.state === "Held" && punch.sentence ? punch.sentence : __(punch.state);
			const state = `<span class="indicator-pill ${cams_biometric.colors[punch.state]}"
				title="${escape(punch.sentence || __(punch.state))}">${escape(__(punch.state))}</span>`;
			const is_today = moment(punch.punch_time).isSame(moment(this.data.now), "day");
			return `<a class="cams-punch ${is_new ? "cams-new" : ""}" data-key="${escape(punch.name)}"
				href="${frappe.utils.get_form_link("CAMS Punch", punch.name)}" aria-label="${escape(`${who}: ${label}`)}">
				<time datetime="${escape(punch.punch_time)}">${time_of(punch.punch_time)}
					${is_today ? "" : `<small>${day_of(punch.punch_time)}</small>`}</time>
				<span class="cams-name">${bdi(who)}<small>${bdi(punch.device)}</small></span>
				<span class="cams-type">${escape(cams_biometric.type_of(punch.punch_type))}</span>
				${state}
			</a>`;
		}

		// Who is in

		draw_branches() {
			const names = this.data.branches.map(({ branch }) => branch);
			for (const { branch } of this.data.without_checkin) if (!names.includes(branch)) names.push(branch);
			if (this.branch !== null && !names.includes(this.branch)) names.push(this.branch);
			const option = (value, label) =>
				`<option value="${escape(JSON.stringify(value))}" ${value === this.branch ? "selected" : ""}>${label}</option>`;
			const options = [option(null, __("All Branches"))];
			options.push(...names.map((name) => option(name, escape(branch_label(name)))));
			const html = options.join("");
			if (html !== this.options) this.$branch.html(html);
			this.options = html;
		}

		draw_people() {
			const branches = this.chosen_branches();
			const count = branches.reduce((sum, branch) => sum + branch.people.length, 0);
			const unsure = branches.reduce((sum, branch) => sum + branch.unsure, 0);
			const without = this.chosen_without();
			const notes = [unsure && __("{0} of them without direction", [unsure])];
			notes.push(without.length && __("and {0} without a check-in", [without.length]));
			const note = notes.filter(Boolean).join(", ");
			this.patch(".cams-total", `<b>${count}</b> <small>${note}</small>`);
			this.patch(
				".cams-people",
				branches.length || without.length
					? branches.map((branch) => this.branch_html(branch)).join("") + this.without_html(without)
					: `<p class="cams-nothing">${__("Nobody is in, according to the check-ins of the last {0} hours.", [this.data.look_back_hours])}</p>`,
			);
		}

		chosen_branches() {
			const { branches } = this.data;
			return this.branch === null ? branches : branches.filter(({ branch }) => branch === this.branch);
		}

		chosen_without() {
			return this.data.without_checkin.filter(({ branch }) => this.branch === null || branch === this.branch);
		}

		without_html(people) {
			if (!people.length) return "";
			const items = people.map(
				(person) => `<li data-key="${escape(person.punch)}">
					<a href="${frappe.utils.get_form_link("CAMS Punch", person.punch)}">${bdi(person.employee_name || __("User {0}", [person.user_id]))}</a>
					<span class="indicator-pill orange no-indicator-dot" title="${escape(person.sentence)}">${__("no check-in")}</span>
					<small>${when_and_where(person)}</small>
				</li>`,
			);
			return `<div class="cams-group cams-without" data-key="without">
				<h5>${__("Without a Check-in")} <span class="cams-number">${people.length}</span></h5>
				<ul>${items.join("")}</ul>
			</div>`;
		}

		branch_html(branch) {
			const people = branch.people.map(
				(person) => `<li data-key="${escape(person.employee)}">
					<a href="${frappe.utils.get_form_link("Employee", person.employee)}">${bdi(person.employee_name)}</a>
					${person.sure ? "" : `<span class="indicator-pill orange no-indicator-dot">${__("no direction")}</span>`}
					<small>${when_and_where(person)}</small>
				</li>`,
			);
			return `<div class="cams-group" data-branch="${escape(branch.branch)}" data-key="branch ${escape(branch.branch)}">
				<h5>${bdi(branch_label(branch.branch))} <span class="cams-number">${branch.people.length}</span></h5>
				<ul>${people.join("")}</ul>
			</div>`;
		}

		// The window opens at the press of the button, before the answer, or the browser would block it.
		async print_muster() {
			const paper = window.open("", "_blank");
			if (!paper) return frappe.msgprint(__("Allow this site to open windows, to print the list."));
			paper.document.write(`<p>${__("Muster List")}…</p>`);
			const values = this.branch === null ? {} : { branch: this.branch };
			let list = null;
			try {
				list = await this.call("live_board_page.muster", values);
			} catch {
				list = this.data && {
					...this.data,
					branches: this.chosen_branches(),
					without_checkin: this.chosen_without(),
					is_old: true,
				};
			}
			print_list(paper, list);
		}
	}

	frappe.pages["cams-live-board"].on_page_load = (wrapper) => {
		wrapper.live_board = new LiveBoard(wrapper);
	};

	frappe.pages["cams-live-board"].on_page_show = (wrapper) => wrapper.live_board.refresh();
})();
