package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code acl policy}: create, read, list, update, delete. */
final class AclPolicies {
    private static final String BODY_HELP = """
              -name=<string>                 its name
              -description=<string>          what it is for
              -rules=<string>                its rules; @FILE reads a file, - standard input
              -valid-datacenter=<dc>         only good there; may be repeated
            """;
    private static final AclNamed POLICIES = new AclNamed("policy", "policies", AclText::policies);
    static final List<Command> COMMANDS = List.of(
            new Command("acl policy create", "Create an ACL policy", """
                    Usage: consul acl policy create -name NAME [options]

                      Makes a policy out of rules.

                      -from-token=<accessor>         rules of a token of the system before policies
                      -token-secret                  that token is named by its secret
                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclPolicies::create),
            new Command("acl policy read", "Read an ACL policy", """
                    Usage: consul acl policy read [options]

                      Prints a policy.

                      -id=<id>                       the policy, by its id or the beginning of it
                      -name=<name>                   the policy, by its name
                    """.indent(0) + AclArguments.OUTPUT_HELP, AclPolicies::read),
            new Command("acl policy list", "Lists ACL policies", """
                    Usage: consul acl policy list [options]

                      Lists all policies, without their rules.

                    """.indent(0) + AclArguments.OUTPUT_HELP, POLICIES::list),
            new Command("acl policy update", "Update an ACL policy", """
                    Usage: consul acl policy update [options]

                      Changes a policy; what no flag names stays.

                      -id=<id>                       the policy, by its id or the beginning of it
                      -no-merge                      what no flag names is emptied instead
                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclPolicies::update),
            new Command("acl policy delete", "Delete an ACL policy", """
                    Usage: consul acl policy delete [options]

                      Removes a policy.

                      -id=<id>                       the policy, by its id or the beginning of it
                      -name=<name>                   the policy, by its name""", POLICIES::delete));

    private AclPolicies() {}

    private static GoFlags body(GoFlags flags) {
        return flags.texts("name", "description", "rules").lists("valid-datacenter");
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).texts("from-token").switches("token-secret").parse(args);
        if (flags.text("name").isEmpty()) {
            console.err().println("Missing require '-name' flag");
            console.err().println(Tool.CONSUL.help(COMMANDS.getFirst()));
            return 1;
        }
        if (!flags.text("from-token").isEmpty() && !flags.text("rules").isEmpty()) {
            return console.fail("Cannot specify both -rules and -from-token");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("Name", flags.text("name"));
            body.put("Description", flags.text("description"));
            body.put("Datacenters", flags.all("valid-datacenter"));
            try {
                body.put("Rules", rules(console, flags, api));
            } catch (AclArguments.WrongUse | ApiException e) {
                return console.fail("Error loading rules: " + e.getMessage());
            }
            return print(console, flags, api.send("PUT", ConsulApi.target("/v1/acl/policy", flags), body));
        } catch (ApiException e) {
            return console.fail("Failed to create new policy: " + e.getMessage());
        }
    }

    private static String rules(Console console, GoFlags flags, Api api) {
        String token = flags.text("from-token");
        if (token.isEmpty()) {
            return AclArguments.text(console, flags.text("rules"));
        }
        String id = flags.on("token-secret") ? token : AclArguments.id(api, flags, "tokens", "AccessorID", "token", token);
        return AclTranslate.ofToken(api, flags, id, flags.on("token-secret"));
    }

    private static int print(Console console, GoFlags flags, Doc policy) {
        return AclText.print(console, flags, policy, row -> AclText.policy(row, flags.on("meta")));
    }

    private static int read(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().texts("id", "name").parse(args);
        if (flags.text("id").isEmpty() && flags.text("name").isEmpty()) {
            return console.fail("Must specify either the -id or -name parameters");
        }
        String id = "";
        try {
            Api api = ConsulApi.api(flags, console);
            id = POLICIES.id(api, flags);
            return print(console, flags, api.get(ConsulApi.target(POLICIES.path(id), flags)));
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error reading policy \"" + id + "\": " + e.getMessage());
        }
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).texts("id").switches("no-merge").parse(args);
        if (flags.text("id").isEmpty() && flags.text("name").isEmpty()) {
            return console.fail("Must specify either the -id or -name parameters");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            String id = POLICIES.id(api, flags);
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("ID", id);
            if (!flags.on("no-merge")) {
                Doc present;
                try {
                    present = api.get(ConsulApi.target(POLICIES.path(id), flags));
                } catch (ApiException e) {
                    return console.fail("Error reading policy \"" + id + "\": " + e.getMessage());
                }
                List.of("Name", "Description", "Rules", "Datacenters").forEach(name -> body.put(name, present.at(name).value()));
            }
            set(body, "Name", flags.has("name"), flags.text("name"));
            set(body, "Description", flags.has("description"), flags.text("description"));
            set(body, "Rules", flags.has("rules"), AclArguments.text(console, flags.text("rules")));
            set(body, "Datacenters", flags.has("valid-datacenter"), flags.all("valid-datacenter"));
            try {
                return print(console, flags, api.send("PUT", ConsulApi.target(POLICIES.path(id), flags), body));
            } catch (ApiException e) {
                return console.fail("Error updating policy \"" + id + "\": " + e.getMessage());
            }
        } catch (AclArguments.WrongUse | ApiException e) {
            return console.fail(e.getMessage());
        }
    }

    private static void set(Map<String, Object> body, String name, boolean given, Object value) {
        if (given) {
            body.put(name, value);
        }
    }
}
