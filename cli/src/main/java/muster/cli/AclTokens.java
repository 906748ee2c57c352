package muster.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code acl token}: create, read, list, update, clone, delete. */
final class AclTokens {
    private static final String GRANTS_HELP = """
              -description=<string>          what it is for
              -policy-id=<id>                policy by id or its beginning; may be repeated
              -policy-name=<name>            policy by name; may be repeated
              -role-id=<id>                  role by id or its beginning; may be repeated
              -role-name=<name>              role by name; may be repeated
              -service-identity=<name>       NAME or NAME:DC1,DC2; may be repeated
              -node-identity=<name:dc>       NAME:DC; may be repeated
            """;
    static final List<Command> COMMANDS = List.of(
            new Command("acl token create", "Create an ACL token", """
                    Usage: consul acl token create [options]

                      Makes a token that has what the flags name.

                      -accessor=<uuid>               its public id, instead of a new one
                      -secret=<uuid>                 its secret, instead of a new one
                      -local                         only good in this datacenter
                      -expires-ttl=<duration>        when it ends by itself
                    """.indent(0) + GRANTS_HELP + AclArguments.OUTPUT_HELP, AclTokens::create),
            new Command("acl token read", "Read an ACL token", """
                    Usage: consul acl token read [options]

                      Prints a token.

                      -id=<accessor>                 the token, by its public id or the beginning of it
                      -self                          the token of this request
                    """.indent(0) + AclArguments.OUTPUT_HELP, AclTokens::read),
            new Command("acl token list", "List ACL tokens", """
                    Usage: consul acl token list [options]

                      Lists all tokens, without their secrets.

                    """.indent(0) + AclArguments.OUTPUT_HELP, AclTokens::list),
            new Command("acl token update", "Update an ACL token", """
                    Usage: consul acl token update [options]

                      Changes what a token has; what no flag names is taken away unless merged.

                      -id=<accessor>                 the token, by its public id or the beginning of it
                      -merge-policies, -merge-roles, -merge-service-identities, -merge-node-identities
                                                     add to what it has
                      -upgrade-legacy                drop the rules of a token of the system before policies
                    """.indent(0) + GRANTS_HELP + AclArguments.OUTPUT_HELP, AclTokens::update),
            new Command("acl token clone", "Clone an ACL token", """
                    Usage: consul acl token clone [options]

                      Makes a further token that has the same.

                      -id=<accessor>                 the token, by its public id or the beginning of it
                      -description=<string>          what the new one is for
                    """.indent(0) + AclArguments.OUTPUT_HELP, AclTokens::copy),
            new Command("acl token delete", "Delete an ACL token", """
                    Usage: consul acl token delete [options]

                      Removes a token.

                      -id=<accessor>                 the token, by its public id or the beginning of it""", AclTokens::delete));

    private AclTokens() {}

    private static GoFlags grants(GoFlags flags) {
        return flags.texts("description").lists("policy-id", "policy-name", "role-id", "role-name", "service-identity", "node-identity");
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = grants(AclArguments.flags()).switches("local").texts("accessor", "secret", "expires-ttl").parse(args);
        if (!List.of("policy-id", "policy-name", "role-id", "role-name", "service-identity", "node-identity").stream().anyMatch(flags::has)) {
            return console.fail("Cannot create a token without specifying -policy-name, -policy-id, -role-name, -role-id,"
                    + " -service-identity, or -node-identity at least once");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("Description", flags.text("description"));
            body.put("Local", flags.on("local"));
            put(body, "AccessorID", flags.text("accessor"));
            put(body, "SecretID", flags.text("secret"));
            put(body, "ExpirationTTL", flags.text("expires-ttl"));
            body.put("ServiceIdentities", AclArguments.serviceIdentities(flags.all("service-identity")));
            body.put("NodeIdentities", AclArguments.nodeIdentities(flags.all("node-identity")));
            body.put("Policies", policies(api, flags));
            body.put("Roles", roles(api, flags));
            return print(console, flags, api.send("PUT", ConsulApi.target("/v1/acl/token", flags), body));
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Failed to create new token: " + e.getMessage());
        }
    }

    private static void put(Map<String, Object> body, String name, String value) {
        if (!value.isEmpty()) {
            body.put(name, value);
        }
    }

    private static List<Object> policies(Api api, GoFlags flags) {
        return AclArguments.links(api, flags, flags.all("policy-name"), flags.all("policy-id"), "policies", "policy");
    }

    private static List<Object> roles(Api api, GoFlags flags) {
        return AclArguments.links(api, flags, flags.all("role-name"), flags.all("role-id"), "roles", "role");
    }

    private static int print(Console console, GoFlags flags, Doc token) {
        return AclText.print(console, flags, token, row -> AclText.token(row, flags.on("meta")));
    }

    private static String id(Api api, GoFlags flags) {
        try {
            return AclArguments.id(api, flags, "tokens", "AccessorID", "token", given(flags));
        } catch (AclArguments.WrongUse | ApiException e) {
            throw new AclArguments.WrongUse("Error determining token ID: " + e.getMessage());
        }
    }

    /** The flag by its name of 1.8 or by its later one. */
    private static String given(GoFlags flags) {
        return flags.text("id").isEmpty() ? flags.text("accessor-id") : flags.text("id");
    }

    private static int read(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().texts("id", "accessor-id").switches("self", "expanded").parse(args);
        if (!flags.on("self") && given(flags).isEmpty()) {
            return console.fail("Must specify the -id parameter");
        }
        Api api = ConsulApi.api(flags, console);
        try {
            if (flags.on("self")) {
                return print(console, flags, api.get(ConsulApi.target("/v1/acl/token/self", flags)));
            }
            String id = id(api, flags);
            try {
                return print(console, flags, api.get(ConsulApi.target("/v1/acl/token/" + id, flags, flags.on("expanded") ? "expanded" : "")));
            } catch (ApiException e) {
                return console.fail("Error reading token \"" + id + "\": " + e.getMessage());
            }
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error reading token: " + e.getMessage());
        }
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().parse(args);
        try {
            Doc tokens = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/acl/tokens", flags));
            return AclText.print(console, flags, tokens, rows -> AclText.tokens(rows, flags.on("meta")));
        } catch (ApiException e) {
            return console.fail("Failed to retrieve the token list: " + e.getMessage());
        }
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = grants(AclArguments.flags()).texts("id", "accessor-id").switches("merge-policies", "merge-roles",
                "merge-service-identities", "merge-node-identities", "upgrade-legacy").parse(args);
        if (given(flags).isEmpty()) {
            return console.fail("Cannot update a token without specifying the -id parameter");
        }
        Api api = ConsulApi.api(flags, console);
        try {
            String id = id(api, flags);
            Doc present;
            try {
                present = api.get(ConsulApi.target("/v1/acl/token/" + id, flags));
            } catch (ApiException e) {
                return console.fail("Error when retrieving current token: " + e.getMessage());
            }
            Map<String, Object> body = new LinkedHashMap<>();
            present.members().forEach((name, value) -> body.put(name, value.value()));
            body.remove("Type");
            if (flags.on("upgrade-legacy")) {
                if (present.text("Rules").isEmpty()) {
                    return console.fail("Can't use -upgrade-legacy on a non-legacy token");
                }
                body.remove("Rules");
            }
            if (!flags.text("description").isEmpty()) {
                body.put("Description", flags.text("description"));
            }
            body.put("Policies", merged(present, "Policies", flags.on("merge-policies"), policies(api, flags)));
            body.put("Roles", merged(present, "Roles", flags.on("merge-roles"), roles(api, flags)));
            body.put("ServiceIdentities", merged(present, "ServiceIdentities", flags.on("merge-service-identities"),
                    AclArguments.serviceIdentities(flags.all("service-identity"))));
            body.put("NodeIdentities", merged(present, "NodeIdentities", flags.on("merge-node-identities"),
                    AclArguments.nodeIdentities(flags.all("node-identity"))));
            try {
                return print(console, flags, api.send("PUT", ConsulApi.target("/v1/acl/token/" + id, flags), body));
            } catch (ApiException e) {
                return console.fail("Failed to update token " + id + ": " + e.getMessage());
            }
        } catch (AclArguments.WrongUse | ApiException e) {
            return console.fail(e.getMessage());
        }
    }

    /** The new items, behind those that are there where they are to be kept. */
    static List<Object> merged(Doc present, String field, boolean merge, List<Object> given) {
        List<Object> all = new ArrayList<>();
        if (merge) {
            present.list(field).forEach(item -> all.add(item.value()));
        }
        all.addAll(given);
        return all;
    }

    private static int copy(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().texts("id", "accessor-id", "description").parse(args);
        if (given(flags).isEmpty()) {
            return console.fail("Cannot clone a token without specifying the -id parameter");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            String id = id(api, flags);
            return print(console, flags, api.send("PUT", ConsulApi.target("/v1/acl/token/" + id + "/clone", flags),
                    Map.of("Description", flags.text("description"))));
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error cloning token: " + e.getMessage());
        }
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("id", "accessor-id").parse(args);
        if (given(flags).isEmpty()) {
            return console.fail("Must specify the -id parameter");
        }
        String id = given(flags);
        try {
            Api api = ConsulApi.api(flags, console);
            id = id(api, flags);
            api.send("DELETE", ConsulApi.target("/v1/acl/token/" + id, flags), null);
            console.out().println("Token \"" + id + "\" deleted successfully");
            return 0;
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error deleting token \"" + id + "\": " + e.getMessage());
        }
    }
}
