package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code acl binding-rule}: create, read, list, update, delete. */
final class AclBindingRules {
    private static final String BODY_HELP = """
              -description=<string>          what it is for
              -bind-type=<string>            service, node or role
              -bind-name=<string>            of it; ${name} stands for a part of the identity
              -selector=<expression>         for whom; everybody without
            """;
    static final List<Command> COMMANDS = List.of(
            new Command("acl binding-rule create", "Create an ACL binding rule", """
                    Usage: consul acl binding-rule create -method NAME -bind-type TYPE -bind-name NAME [options]

                      Says what logging in by a method gives.

                      -method=<string>               the auth method
                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclBindingRules::create),
            new Command("acl binding-rule read", "Read an ACL binding rule", """
                    Usage: consul acl binding-rule read -id ID [options]

                      Prints a binding rule.

                      -id=<id>                       the rule, by its id or the beginning of it
                    """.indent(0) + AclArguments.OUTPUT_HELP, AclBindingRules::read),
            new Command("acl binding-rule list", "Lists ACL binding rules", """
                    Usage: consul acl binding-rule list [options]

                      Lists binding rules.

                      -method=<string>               of one auth method only
                    """.indent(0) + AclArguments.OUTPUT_HELP, AclBindingRules::list),
            new Command("acl binding-rule update", "Update an ACL binding rule", """
                    Usage: consul acl binding-rule update -id ID [options]

                      Changes a binding rule; what no flag names stays.

                      -id=<id>                       the rule, by its id or the beginning of it
                      -no-merge                      what no flag names is emptied instead
                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclBindingRules::update),
            new Command("acl binding-rule delete", "Delete an ACL binding rule", """
                    Usage: consul acl binding-rule delete -id ID [options]

                      Removes a binding rule.

                      -id=<id>                       the rule, by its id or the beginning of it""", AclBindingRules::delete));

    private AclBindingRules() {}

    private static GoFlags body(GoFlags flags) {
        return flags.texts("description", "bind-type", "bind-name", "selector");
    }

    private static int print(Console console, GoFlags flags, Doc rule) {
        return AclText.print(console, flags, rule, row -> AclText.rule(row, flags.on("meta")));
    }

    private static void fill(Map<String, Object> body, GoFlags flags) {
        String[][] texts = {{"description", "Description"}, {"bind-type", "BindType"}, {"bind-name", "BindName"}, {"selector", "Selector"}};
        for (String[] text : texts) {
            if (flags.has(text[0])) {
                body.put(text[1], flags.text(text[0]));
            }
        }
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).texts("method").parse(args);
        for (String needed : List.of("method", "bind-type", "bind-name")) {
            if (flags.text(needed).isEmpty()) {
                console.err().println("Missing required '-" + needed + "' flag");
                console.err().println(Tool.CONSUL.help(COMMANDS.getFirst()));
                return 1;
            }
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("AuthMethod", flags.text("method"));
        fill(body, flags);
        try {
            return print(console, flags, ConsulApi.api(flags, console).send("PUT", ConsulApi.target("/v1/acl/binding-rule", flags), body));
        } catch (ApiException e) {
            return console.fail("Failed to create new binding rule: " + e.getMessage());
        }
    }

    private static String id(Api api, GoFlags flags) {
        try {
            return AclArguments.id(api, flags, "binding-rules", "ID", "rule", flags.text("id"));
        } catch (AclArguments.WrongUse | ApiException e) {
            throw new AclArguments.WrongUse("Error determining binding rule ID: " + e.getMessage());
        }
    }

    private static int read(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().texts("id").parse(args);
        if (flags.text("id").isEmpty()) {
            return console.fail("Must specify the -id parameter");
        }
        String id = "";
        try {
            Api api = ConsulApi.api(flags, console);
            id = id(api, flags);
            Api.Answer answer = api.call("GET", ConsulApi.target("/v1/acl/binding-rule/" + id, flags), new byte[0]);
            return answer.status() == 404
                    ? console.fail("Binding rule not found with ID \"" + id + "\"")
                    : print(console, flags, Api.good(answer).json());
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error reading binding rule \"" + id + "\": " + e.getMessage());
        }
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().texts("method").parse(args);
        String method = flags.text("method");
        try {
            Doc rules = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/acl/binding-rules", flags,
                    method.isEmpty() ? "" : "authmethod=" + ConsulApi.encode(method)));
            return AclText.print(console, flags, rules, rows -> AclText.rules(rows, flags.on("meta")));
        } catch (ApiException e) {
            return console.fail("Failed to retrieve the binding rule list: " + e.getMessage());
        }
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).texts("id").switches("no-merge").parse(args);
        if (flags.text("id").isEmpty()) {
            return console.fail("Cannot update a binding rule without specifying the -id parameter");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            String id = id(api, flags);
            String target = ConsulApi.target("/v1/acl/binding-rule/" + id, flags);
            Map<String, Object> body = new LinkedHashMap<>();
            if (!flags.on("no-merge")) {
                Doc present;
                try {
                    present = api.get(target);
                } catch (ApiException e) {
                    return console.fail(e.status() == 404 ? "Binding rule not found with ID \"" + id + "\""
                            : "Error when retrieving current binding rule: " + e.getMessage());
                }
                List.of("Description", "BindType", "BindName", "Selector").forEach(field -> body.put(field, present.text(field)));
            }
            fill(body, flags);
            try {
                return print(console, flags, api.send("PUT", target, body));
            } catch (ApiException e) {
                return console.fail("Error updating binding rule \"" + id + "\": " + e.getMessage());
            }
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        }
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("id").parse(args);
        if (flags.text("id").isEmpty()) {
            return console.fail("Must specify the -id parameter");
        }
        String id = "";
        try {
            Api api = ConsulApi.api(flags, console);
            id = id(api, flags);
            api.send("DELETE", ConsulApi.target("/v1/acl/binding-rule/" + id, flags), null);
            console.out().println("Binding rule \"" + id + "\" deleted successfully");
            return 0;
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error deleting binding rule \"" + id + "\": " + e.getMessage());
        }
    }
}
