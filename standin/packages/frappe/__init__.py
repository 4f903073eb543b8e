"""NOT Frappe: a stand-in with just enough of it to run this app without a bench. See standin/README.md.

Every name that is missing here raises NotImplementedError.
"""

from frappe import exceptions, model, permissions, utils
from frappe.app_hooks import call, get_attr, get_hooks
from frappe.caching import clear_cache, clear_document_cache, get_cached_doc, get_cached_value, get_doc
from frappe.exceptions import *
from frappe.listing import get_all, get_list
from frappe.messages import (
	_,
	bold,
	clear_last_message,
	clear_messages,
	errprint,
	get_message_log,
	msgprint,
	throw,
)
from frappe.missing import module_getattr
from frappe.model.delete_doc import delete_doc
from frappe.model.meta import get_meta
from frappe.permissions import check_permission as has_permission
from frappe.permissions import get_roles, only_for
from frappe.query_builder import Query as qb
from frappe.realtime import publish_progress, publish_realtime
from frappe.remote_calls import (
	is_valid_http_method,
	is_whitelisted,
	whitelist,
)
from frappe.runtime import (
	_dict,
	conf,
	connect,
	db,
	destroy,
	flags,
	form_dict,
	init,
	local,
	request,
	response,
	session,
	set_user,
)
from frappe.shortcuts import (
	_lt,
	as_json,
	generate_hash,
	get_desk_link,
	get_doc_hooks,
	get_last_doc,
	get_request_header,
	get_single,
	get_system_settings,
	logger,
	new_doc,
	ping,
	safe_decode,
)
from frappe.utils import get_traceback, parse_json
from frappe.utils.background_jobs import enqueue
from frappe.utils.error import log_error
from frappe.utils.redis_wrapper import RedisWrapper

__getattr__ = module_getattr(__name__)
__version__ = "15.0.0-standin"
STANDARD_USERS = ("Guest", "Administrator")

cache = RedisWrapper()
ping = whitelist(allow_guest=True)(ping)
