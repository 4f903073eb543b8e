frappe.listview_settings["CAMS Device ID"] = { hide_name_column: true };
