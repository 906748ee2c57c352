package muster.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.GoQuote;

/** {@code acl binding-rule create|delete|info|list|update} of the scheduler. */
final class SchedulerBindingRules {
    private static final String OPTIONS = """
              -description=<text>     what it is for
              -selector=<expression>  which proofs get it, as 'value.team == "ops" and "admins" in list.groups'; all where it is not given
              -bind-type=<type>       role, policy or management
              -bind-name=<name>       of the role or policy, with ${value.NAME}
            """ + Formatted.HELP;
    static final Command CREATE = new Command("acl binding-rule create", "Create a new ACL binding rule", """
            Usage: nomad acl binding-rule create [options]

              Says what a token gets whose proof of identity fits. Needs a management token.

            Create Options:

              -auth-method=<name>     the auth method
            """ + OPTIONS, SchedulerBindingRules::create);
    static final Command DELETE = new Command("acl binding-rule delete", "Delete an existing ACL binding rule", """
            Usage: nomad acl binding-rule delete <acl_binding_rule_id>

              Removes a binding rule; needs a management token.""", SchedulerBindingRules::delete);
    static final Command INFO = new Command("acl binding-rule info", "Fetch information on an existing ACL binding rule", """
            Usage: nomad acl binding-rule info [options] <acl_binding_rule_id>

              Shows a binding rule; needs a management token.

            Info Options:

            """ + Formatted.HELP, SchedulerBindingRules::info);
    static final Command LIST = new Command("acl binding-rule list", "List ACL binding rules", """
            Usage: nomad acl binding-rule list [options]

              Lists the binding rules; needs a management token.

            List Options:

            """ + Formatted.HELP, SchedulerBindingRules::list);
    static final Command UPDATE = new Command("acl binding-rule update", "Update an existing ACL binding rule", """
            Usage: nomad acl binding-rule update [options] <acl_binding_rule_id>

              Changes a binding rule; what is not given stays. Needs a management token.

            Update Options:

            """ + OPTIONS, SchedulerBindingRules::update);

    private static final String ID = "This command takes one argument: <acl_binding_rule_id>";
    private static final Map<String, String> KEYS = Map.of("description", "Description", "selector", "Selector", "bind-type", "BindType",
            "bind-name", "BindName", "auth-method", "AuthMethod");

    private SchedulerBindingRules() {}

    static List<Command> all() {
        return List.of(CREATE, DELETE, INFO, LIST, UPDATE);
    }

    private static String path(String id) {
        return "/v1/acl/binding-rule/" + NomadApi.idPath(id);
    }

    private static GoFlags described(List<String> args) {
        return Formatted.flags(NomadApi.flags()).texts(KEYS.keySet().toArray(String[]::new)).parse(args);
    }

    private static Map<String, Object> given(GoFlags flags) {
        Map<String, Object> rule = new LinkedHashMap<>();
        KEYS.forEach((flag, key) -> {
            if (flags.has(flag)) {
                rule.put(key, flags.text(flag));
            }
        });
        return rule;
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl binding-rule create");
        }
        if (flags.text("auth-method").isEmpty()) {
            return console.fail("ACL binding rule auth method must be specified using the -auth-method flag");
        }
        if (flags.text("bind-type").isEmpty()) {
            return console.fail("ACL binding rule bind type must be specified using the -bind-type flag");
        }
        try {
            return shown(console, flags,
                    NomadApi.api(flags, console).send("PUT", NomadApi.target("/v1/acl/binding-rule", flags, console), given(flags)));
        } catch (ApiException e) {
            return console.fail("Error creating ACL binding rule: " + e.getMessage());
        }
    }

    private static int shown(Console console, GoFlags flags, Doc rule) {
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, rule.value());
        }
        console.out().println(Layout.values(List.of("ID|" + rule.text("ID"), "Description|" + rule.text("Description"),
                "Auth Method|" + rule.text("AuthMethod"), "Selector|" + GoQuote.quote(rule.text("Selector")), "Bind Type|" + rule.text("BindType"),
                "Bind Name|" + rule.text("BindName"), "Create Index|" + rule.text("CreateIndex"), "Modify Index|" + rule.text("ModifyIndex"))));
        return 0;
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ID, "acl binding-rule delete");
        }
        String id = flags.rest().getFirst();
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(path(id), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error deleting ACL binding rule: " + e.getMessage());
        }
        console.out().println("ACL binding rule " + id + " successfully deleted");
        return 0;
    }

    private static int info(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ID, "acl binding-rule info");
        }
        try {
            return shown(console, flags, NomadApi.api(flags, console).get(NomadApi.target(path(flags.rest().getFirst()), flags, console)));
        } catch (ApiException e) {
            return console.fail("Error reading ACL binding rule: " + e.getMessage());
        }
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl binding-rule list");
        }
        try {
            Doc rules = NomadApi.api(flags, console).get(NomadApi.target("/v1/acl/binding-rules", flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, rules.value());
            }
            List<String> rows = new ArrayList<>(List.of("ID|Description|Auth Method"));
            rules.list().forEach(rule -> rows.add(rule.text("ID") + "|" + rule.text("Description") + "|" + rule.text("AuthMethod")));
            console.out().println(rows.size() == 1 ? "No ACL binding rules found" : Layout.table(rows));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing ACL binding rules: " + e.getMessage());
        }
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ID, "acl binding-rule update");
        }
        Api api = NomadApi.api(flags, console);
        String target = NomadApi.target(path(flags.rest().getFirst()), flags, console);
        Map<String, Object> rule = new LinkedHashMap<>();
        try {
            api.get(target).members().forEach((key, value) -> rule.put(key, value.value()));
        } catch (ApiException e) {
            return console.fail("Error when retrieving ACL binding rule: " + e.getMessage());
        }
        rule.putAll(given(flags));
        try {
            return shown(console, flags, api.send("PUT", target, rule));
        } catch (ApiException e) {
            return console.fail("Error updating ACL binding rule: " + e.getMessage());
        }
    }
}
