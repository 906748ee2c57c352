package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.wire.GoFlags;
import muster.wire.Json;
import muster.wire.JsonException;

/** {@code acl auth-method create|delete|info|list|update} of the scheduler. */
final class SchedulerAuthMethods {
    private static final String OPTIONS = """
              -type=<type>                  JWT
              -max-token-ttl=<duration>     how long its tokens live
              -token-locality=<locality>    local or global: where its tokens are good
              -token-name-format=<text>     what its tokens are called, of ${auth_method_type}, ${auth_method_name} and ${value.NAME}
              -default                      whether who names no method means this one
              -config=<json>                how proofs are checked, as JSON; @FILE reads a file, - standard input
            """ + Formatted.HELP;
    static final Command CREATE = new Command("acl auth-method create", "Create a new ACL auth method", """
            Usage: nomad acl auth-method create [options]

              Makes a way to a token by somebody else's proof of identity. Needs a management token.

            Create Options:

              -name=<name>                  what it is called
            """ + OPTIONS, SchedulerAuthMethods::create);
    static final Command DELETE = new Command("acl auth-method delete", "Delete an existing ACL auth method", """
            Usage: nomad acl auth-method delete <acl_auth_method_name>

              Removes an auth method and its binding rules; needs a management token.""", SchedulerAuthMethods::delete);
    static final Command INFO = new Command("acl auth-method info", "Fetch information on an existing ACL auth method", """
            Usage: nomad acl auth-method info [options] <acl_auth_method_name>

              Shows an auth method with its configuration; needs a management token.

            Info Options:

            """ + Formatted.HELP, SchedulerAuthMethods::info);
    static final Command LIST = new Command("acl auth-method list", "List ACL auth methods", """
            Usage: nomad acl auth-method list [options]

              Lists the auth methods.

            List Options:

            """ + Formatted.HELP, SchedulerAuthMethods::list);
    static final Command UPDATE = new Command("acl auth-method update", "Update an existing ACL auth method", """
            Usage: nomad acl auth-method update [options] <acl_auth_method_name>

              Changes an auth method; what is not given stays. Needs a management token.

            Update Options:

            """ + OPTIONS, SchedulerAuthMethods::update);

    private static final String NAME = "This command takes one argument: <acl_auth_method_name>";

    private SchedulerAuthMethods() {}

    static List<Command> all() {
        return List.of(CREATE, DELETE, INFO, LIST, UPDATE);
    }

    private static String path(String name) {
        return "/v1/acl/auth-method/" + NomadApi.idPath(name);
    }

    private static GoFlags described(List<String> args) {
        return Formatted.flags(NomadApi.flags()).texts("name", "type", "max-token-ttl", "token-locality", "token-name-format", "config")
                .switches("default").parse(args);
    }

    /** What the flags say, by the API's names; throws for a configuration that is no JSON object. */
    private static Map<String, Object> given(Console console, GoFlags flags) throws IOException {
        Map<String, Object> method = new LinkedHashMap<>();
        if (flags.has("type")) {
            method.put("Type", flags.text("type").toUpperCase(Locale.ROOT));
        }
        Map.of("max-token-ttl", "MaxTokenTTL", "token-locality", "TokenLocality", "token-name-format", "TokenNameFormat").forEach((flag, key) -> {
            if (flags.has(flag)) {
                method.put(key, flags.text(flag));
            }
        });
        if (flags.has("default")) {
            method.put("Default", flags.on("default"));
        }
        if (flags.has("config")) {
            String text = flags.text("config");
            text = text.equals("-") ? Texts.read(console, "-") : text.startsWith("@") ? Texts.read(console, text.substring(1)) : text;
            try {
                if (!(Json.parse(text.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> config)) {
                    throw new IOException("it is no JSON object");
                }
                method.put("Config", config);
            } catch (JsonException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return method;
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl auth-method create");
        }
        if (flags.text("name").isEmpty()) {
            return console.fail("ACL auth method name must be specified using the -name flag");
        }
        if (!List.of("local", "global").contains(flags.text("token-locality"))) {
            return console.fail("Token locality must be set to either 'local' or 'global'");
        }
        if (flags.text("max-token-ttl").isEmpty()) {
            return console.fail("Max token TTL must be set to a value between min and max TTL configured for the server.");
        }
        if (!List.of("JWT", "OIDC").contains(flags.text("type").toUpperCase(Locale.ROOT))) {
            return console.fail("ACL auth method type must be set to 'OIDC' or 'JWT'");
        }
        if (flags.text("config").isEmpty()) {
            return console.fail("Must provide ACL auth method config in JSON format");
        }
        Map<String, Object> method = new LinkedHashMap<>(Map.of("Name", flags.text("name")));
        try {
            method.putAll(given(console, flags));
        } catch (IOException e) {
            return console.fail("Unable to parse config: " + e.getMessage());
        }
        try {
            return shown(console, flags, NomadApi.api(flags, console).send("PUT", NomadApi.target("/v1/acl/auth-method", flags, console), method));
        } catch (ApiException e) {
            return console.fail("Error creating ACL auth method: " + e.getMessage());
        }
    }

    private static int shown(Console console, GoFlags flags, Doc method) {
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, method.value());
        }
        Doc config = method.at("Config");
        List<String> rows = new ArrayList<>(List.of("JWT Validation Public Keys|" + config.join("JWTValidationPubKeys", ","),
                "JWKS URL|" + config.text("JWKSURL"), "OIDC Discovery URL|" + config.text("OIDCDiscoveryURL"),
                "Bound audiences|" + config.join("BoundAudiences", ","), "Bound issuer|" + config.join("BoundIssuer", ","),
                "Signing algorithms|" + config.join("SigningAlgs", ","), "Expiration Leeway|" + config.text("ExpirationLeeway"),
                "NotBefore Leeway|" + config.text("NotBeforeLeeway"), "ClockSkew Leeway|" + config.text("ClockSkewLeeway"),
                "Claim mappings|" + mappings(config.at("ClaimMappings")), "List claim mappings|" + mappings(config.at("ListClaimMappings"))));
        console.out().println(Layout.values(List.of("Name|" + method.text("Name"), "Type|" + method.text("Type"),
                "Locality|" + method.text("TokenLocality"), "Max Token TTL|" + method.text("MaxTokenTTL"),
                "Token Name Format|" + method.text("TokenNameFormat"), "Default|" + method.is("Default"),
                "Create Index|" + method.text("CreateIndex"), "Modify Index|" + method.text("ModifyIndex")))
                + "\n\nAuth Method Config\n\n" + Layout.values(rows));
        return 0;
    }

    private static String mappings(Doc mappings) {
        List<String> shown = new ArrayList<>();
        mappings.members().forEach((claim, name) -> shown.add("{" + claim + ": " + name.text() + "}"));
        return String.join("; ", shown);
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, NAME, "acl auth-method delete");
        }
        String name = flags.rest().getFirst();
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(path(name), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error deleting ACL auth method: " + e.getMessage());
        }
        console.out().println("ACL auth method " + name + " successfully deleted");
        return 0;
    }

    private static int info(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, NAME, "acl auth-method info");
        }
        try {
            return shown(console, flags, NomadApi.api(flags, console).get(NomadApi.target(path(flags.rest().getFirst()), flags, console)));
        } catch (ApiException e) {
            return console.fail("Error reading ACL auth method: " + e.getMessage());
        }
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl auth-method list");
        }
        try {
            Doc methods = NomadApi.api(flags, console).get(NomadApi.target("/v1/acl/auth-methods", flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, methods.value());
            }
            List<String> rows = new ArrayList<>(List.of("Name|Type|Default"));
            methods.list().forEach(method -> rows.add(method.text("Name") + "|" + method.text("Type") + "|" + method.is("Default")));
            console.out().println(rows.size() == 1 ? "No ACL auth methods found" : Layout.table(rows));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing ACL auth methods: " + e.getMessage());
        }
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, NAME, "acl auth-method update");
        }
        Api api = NomadApi.api(flags, console);
        String target = NomadApi.target(path(flags.rest().getFirst()), flags, console);
        Map<String, Object> method = new LinkedHashMap<>();
        try {
            api.get(target).members().forEach((key, value) -> method.put(key, value.value()));
        } catch (ApiException e) {
            return console.fail("Error when retrieving ACL auth method: " + e.getMessage());
        }
        try {
            Map<String, Object> changes = given(console, flags);
            if (changes.isEmpty()) {
                return console.fail("Please provide at least one flag to update the ACL auth method");
            }
            method.putAll(changes);
        } catch (IOException e) {
            return console.fail("Unable to parse config: " + e.getMessage());
        }
        try {
            return shown(console, flags, api.send("PUT", target, method));
        } catch (ApiException e) {
            return console.fail("Error updating ACL auth method: " + e.getMessage());
        }
    }
}
