frappe.listview_settings["CAMS Ignored ID"] = { hide_name_column: true };
