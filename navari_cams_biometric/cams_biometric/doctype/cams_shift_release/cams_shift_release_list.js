frappe.listview_settings["CAMS Shift Release"] = { hide_name_column: true };
