package muster.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code acl auth-method}: create, read, list, update, delete. */
final class AclAuthMethods {
    private static final String BODY_HELP = """
              -name=<string>                 its name
              -type=<string>                 kubernetes or jwt
              -display-name=<string>         a name for people
              -description=<string>          what it is for
              -max-token-ttl=<duration>      how long its tokens live
              -token-locality=<string>       local or global
              -config=<json>                 its configuration; @FILE reads a file, - standard input
              -kubernetes-host=<url>, -kubernetes-ca-cert=<pem>, -kubernetes-service-account-jwt=<jwt>
                                             the configuration of the kubernetes type, in parts
            """;
    static final List<Command> COMMANDS = List.of(
            new Command("acl auth-method create", "Create an ACL auth method", """
                    Usage: consul acl auth-method create -name NAME -type TYPE [options]

                      Makes a way to log in.

                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclAuthMethods::create),
            new Command("acl auth-method read", "Read an ACL auth method", """
                    Usage: consul acl auth-method read -name NAME [options]

                      Prints an auth method.

                      -name=<string>                 its name
                    """.indent(0) + AclArguments.OUTPUT_HELP, AclAuthMethods::read),
            new Command("acl auth-method list", "Lists ACL auth methods", """
                    Usage: consul acl auth-method list [options]

                      Lists all auth methods.

                    """.indent(0) + AclArguments.OUTPUT_HELP, AclAuthMethods::list),
            new Command("acl auth-method update", "Update an ACL auth method", """
                    Usage: consul acl auth-method update -name NAME [options]

                      Changes an auth method; what no flag names stays.

                      -no-merge                      what no flag names is emptied instead
                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclAuthMethods::update),
            new Command("acl auth-method delete", "Delete an ACL auth method", """
                    Usage: consul acl auth-method delete -name NAME [options]

                      Removes an auth method, its binding rules and the tokens that came by it.

                      -name=<string>                 its name""", AclAuthMethods::delete));

    private static final String[][] KUBERNETES = {{"kubernetes-host", "Host"}, {"kubernetes-ca-cert", "CACert"},
        {"kubernetes-service-account-jwt", "ServiceAccountJWT"}};

    private AclAuthMethods() {}

    private static GoFlags body(GoFlags flags) {
        return flags.texts("name", "type", "display-name", "description", "max-token-ttl", "token-locality", "config", "kubernetes-host",
                "kubernetes-ca-cert", "kubernetes-service-account-jwt");
    }

    private static int print(Console console, GoFlags flags, Doc method) {
        return AclText.print(console, flags, method, row -> AclText.method(row, flags.on("meta")));
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).parse(args);
        for (String needed : List.of("type", "name")) {
            if (flags.text(needed).isEmpty()) {
                console.err().println("Missing required '-" + needed + "' flag");
                console.err().println(Tool.CONSUL.help(COMMANDS.getFirst()));
                return 1;
            }
        }
        try {
            Map<String, Object> body = new LinkedHashMap<>();
            fill(body, console, flags);
            return print(console, flags, ConsulApi.api(flags, console).send("PUT", ConsulApi.target("/v1/acl/auth-method", flags), body));
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Failed to create new auth method: " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked") // a configuration is an object
    private static void fill(Map<String, Object> body, Console console, GoFlags flags) {
        String[][] texts = {{"name", "Name"}, {"type", "Type"}, {"display-name", "DisplayName"}, {"description", "Description"},
            {"max-token-ttl", "MaxTokenTTL"}, {"token-locality", "TokenLocality"}};
        for (String[] text : texts) {
            if (flags.has(text[0])) {
                body.put(text[1], flags.text(text[0]));
            }
        }
        if (flags.has("config")) {
            try {
                body.put("Config", Json.parse(AclArguments.text(console, flags.text("config"))));
            } catch (JsonException e) {
                throw new AclArguments.WrongUse("Error parsing JSON for auth method config: "
                        + (e.getMessage().equals("unexpected EOF") ? "unexpected end of JSON input" : e.getMessage()));
            }
        }
        for (String[] part : KUBERNETES) {
            if (flags.has(part[0])) {
                Map<String, Object> config = new LinkedHashMap<>();
                if (body.get("Config") instanceof Map<?, ?> present) {
                    config.putAll((Map<String, Object>) present);
                }
                config.put(part[1], AclArguments.text(console, flags.text(part[0])));
                body.put("Config", config);
            }
        }
    }

    private static int read(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().texts("name").parse(args);
        String name = flags.text("name");
        if (name.isEmpty()) {
            return console.fail("Must specify the -name parameter");
        }
        try {
            Api.Answer answer = ConsulApi.api(flags, console)
                    .call("GET", ConsulApi.target("/v1/acl/auth-method/" + ConsulApi.keyPath(name), flags), new byte[0]);
            return answer.status() == 404
                    ? console.fail("Auth method not found with name \"" + name + "\"")
                    : print(console, flags, Api.good(answer).json());
        } catch (ApiException e) {
            return console.fail("Error reading auth method \"" + name + "\": " + e.getMessage());
        }
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().parse(args);
        try {
            Doc methods = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/acl/auth-methods", flags));
            return AclText.print(console, flags, methods, rows -> AclText.methods(rows, flags.on("meta")));
        } catch (ApiException e) {
            return console.fail("Failed to retrieve the auth method list: " + e.getMessage());
        }
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).switches("no-merge").parse(args);
        String name = flags.text("name");
        if (name.isEmpty()) {
            return console.fail("Cannot update an auth method without specifying the -name parameter");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            String target = ConsulApi.target("/v1/acl/auth-method/" + ConsulApi.keyPath(name), flags);
            Doc present;
            try {
                present = api.get(target);
            } catch (ApiException e) {
                return console.fail(e.status() == 404 ? "Auth method not found with name \"" + name + "\""
                        : "Error when retrieving current auth method: " + e.getMessage());
            }
            Map<String, Object> body = new LinkedHashMap<>();
            List<String> kept = new ArrayList<>(List.of("Name", "Type"));
            if (!flags.on("no-merge")) {
                kept.addAll(List.of("DisplayName", "Description", "MaxTokenTTL", "TokenLocality", "Config"));
            }
            kept.stream().filter(field -> !present.at(field).isNull()).forEach(field -> body.put(field, present.at(field).value()));
            fill(body, console, flags);
            try {
                return print(console, flags, api.send("PUT", target, body));
            } catch (ApiException e) {
                return console.fail("Error updating auth method \"" + name + "\": " + e.getMessage());
            }
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        }
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("name").parse(args);
        String name = flags.text("name");
        if (name.isEmpty()) {
            return console.fail("Must specify the -name parameter");
        }
        try {
            ConsulApi.api(flags, console).send("DELETE", ConsulApi.target("/v1/acl/auth-method/" + ConsulApi.keyPath(name), flags), null);
            console.out().println("Auth-method \"" + name + "\" deleted successfully");
            return 0;
        } catch (ApiException e) {
            return console.fail("Error deleting auth method \"" + name + "\": " + e.getMessage());
        }
    }
}
