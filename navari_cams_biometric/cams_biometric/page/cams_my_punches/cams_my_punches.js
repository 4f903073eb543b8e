(() => {
{% include "navari_cams_biometric/public/js/cams_biometric.js" %}

	const { escape, bdi } = cams_biometric;

	const shared_text = (count) =>
		cams_biometric.counted(
			count,
			__("1 punch is held because another employee has the same user ID as you. Ask your HR department."),
			__("{0} punches are held because another employee has the same user ID as you. Ask your HR department.", [count]),
		);

	// For every employee: the own punches, read only. On a phone each takes two lines.
	class MyPunches {
		constructor(wrapper) {
			this.page = frappe.ui.make_app_page({ parent: wrapper, title: __("My Punches"), single_column: true });
			this.body = $(`<section class="cams-mine" aria-label="${__("My Punches")}"></section>`).appendTo(this.page.main);
		}

		async refresh() {
			this.draw(await cams_biometric.call("my_punches_page.my_punches"));
		}

		draw({ is_on, has_employee, days, punches, shared }) {
			if (!is_on) return this.say(__("This page is switched off. Ask your HR department."));
			if (!has_employee) return this.say(__("Your user account belongs to no active employee. Ask your HR department."));
			const note = shared ? `<p class="cams-note">${shared_text(shared)}</p>` : "";
			if (!punches.length) return this.say(__("No punches in the last {0} days.", [days]), note);
			const by_day = new Map();
			for (const punch of punches) {
				const day = punch.punch_time ? punch.punch_time.slice(0, 10) : "";
				by_day.set(day, [...(by_day.get(day) || []), punch]);
			}
			this.body.html(note + [...by_day].map(([day, rows]) => this.day_html(day, rows)).join(""));
		}

		say(text, note = "") {
			this.body.html(`${note}<p class="cams-nothing">${text}</p>`);
		}

		day_html(day, punches) {
			const title = day ? `${moment(day).format("dddd")}, ${frappe.datetime.str_to_user(day)}` : __("Time unknown");
			return `<section class="frappe-card" data-day="${escape(day)}">
				<h4>${bdi(title)}</h4>
				${punches.map((punch) => this.punch_html(punch)).join("")}
			</section>`;
		}

		punch_html(punch) {
			const time = punch.punch_time ? punch.punch_time.slice(11, 16) : punch.original_time;
			const type = punch.log_type ? { IN: __("In"), OUT: __("Out") }[punch.log_type] : cams_biometric.type_of(punch.punch_type);
			const ask = ["Held", "Failed"].includes(punch.state) ? ` ${__("Ask your HR department.")}` : "";
			return `<div class="cams-punch">
				<time>${bdi(time)}</time>
				<span class="cams-what">${escape(type)} <small>${bdi(punch.device)}</small></span>
				${cams_biometric.pill(punch.state)}
				${punch.reason ? `<p>${escape(punch.reason)}${ask}</p>` : ""}
			</div>`;
		}
	}

	frappe.pages["cams-my-punches"].on_page_load = (wrapper) => {
		wrapper.my_punches = new MyPunches(wrapper);
	};

	frappe.pages["cams-my-punches"].on_page_show = (wrapper) => wrapper.my_punches.refresh();
})();
