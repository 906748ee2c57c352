package muster.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import muster.wire.GoFlags;

/** {@code acl bootstrap} and {@code acl token create|delete|info|list|self|update} of the scheduler. */
final class SchedulerTokens {
    static final Command BOOTSTRAP = new Command("acl bootstrap", "Bootstrap the ACL system for initial token", """
            Usage: nomad acl bootstrap [options] [<path>]

              Makes the first management token. A file, or standard input as -, may hold the secret that it is to have.

            Bootstrap Options:

            """ + Formatted.HELP, SchedulerTokens::bootstrap);
    static final Command CREATE = new Command("acl token create", "Create a new ACL token", """
            Usage: nomad acl token create [options]

              Makes a token; needs a management token.

            Create Options:

              -name=<name>           what people call it
              -type=<type>           client (the default) or management
              -global                good in all regions
              -policy=<name>         a policy that it has; may be repeated
              -role-id=<id>          a role that it has; may be repeated
              -role-name=<name>      the same by name
              -ttl=<duration>        how long it lasts; for ever without
            """ + Formatted.HELP, SchedulerTokens::create);
    static final Command DELETE = new Command("acl token delete", "Delete an existing ACL token", """
            Usage: nomad acl token delete [options] <token_accessor_id>

              Removes a token; needs a management token.""", SchedulerTokens::delete);
    static final Command INFO = new Command("acl token info", "Fetch information on an existing ACL token", """
            Usage: nomad acl token info [options] <token_accessor_id>

              Shows a token.

            Info Options:

            """ + Formatted.HELP, SchedulerTokens::info);
    static final Command LIST = new Command("acl token list", "List ACL tokens", """
            Usage: nomad acl token list [options]

              Lists tokens; needs a management token.

            List Options:

            """ + Formatted.HELP, SchedulerTokens::list);
    static final Command SELF = new Command("acl token self", "Lookup self ACL token", """
            Usage: nomad acl token self [options]

              Shows the token that the command uses.

            Self Options:

            """ + Formatted.HELP, SchedulerTokens::self);
    static final Command UPDATE = new Command("acl token update", "Update an existing ACL token", """
            Usage: nomad acl token update [options] <token_accessor_id>

              Changes a token; what is not given stays. Needs a management token.

            Update Options:

              -name=<name>           what people call it
              -type=<type>           client or management
              -global                good in all regions
              -policy=<name>         a policy that it has; may be repeated
              -role-id=<id>          a role that it has; may be repeated
              -role-name=<name>      the same by name
            """ + Formatted.HELP, SchedulerTokens::update);

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSSSS '+0000 UTC'").withZone(ZoneOffset.UTC);
    private static final String ACCESSOR = "This command takes one argument: <token_accessor_id>";

    private SchedulerTokens() {}

    static List<Command> all() {
        return List.of(BOOTSTRAP, CREATE, DELETE, INFO, LIST, SELF, UPDATE);
    }

    private static int bootstrap(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (flags.rest().size() > 1) {
            return NomadApi.usage(console, "This command takes 0 or 1 argument", "acl bootstrap");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        if (!flags.rest().isEmpty()) {
            try {
                body.put("BootstrapSecret", Texts.read(console, flags.rest().getFirst()).strip());
            } catch (java.io.IOException e) {
                return console.fail("Error reading bootstrap token file: " + e.getMessage());
            }
        }
        try {
            Doc token = NomadApi.api(flags, console).send("PUT", NomadApi.target("/v1/acl/bootstrap", flags, console), body.isEmpty() ? null : body);
            return shown(console, flags, token);
        } catch (ApiException e) {
            return console.fail("Error bootstrapping: " + e.getMessage());
        }
    }

    static int shown(Console console, GoFlags flags, Doc token) {
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, token.value());
        }
        console.out().println(text(token));
        return 0;
    }

    private static String text(Doc token) {
        boolean management = token.text("Type").equals("management");
        List<String> rows = new ArrayList<>(List.of(
                "Accessor ID|" + token.text("AccessorID"),
                "Secret ID|" + token.text("SecretID"),
                "Name|" + token.text("Name"),
                "Type|" + token.text("Type"),
                "Global|" + token.is("Global"),
                "Policies|" + (management ? "n/a" : "[" + token.join("Policies", " ") + "]")));
        if (!token.list("Roles").isEmpty()) {
            rows.add("Roles|" + token.list("Roles").stream().map(role -> role.text("Name")).collect(Collectors.joining(",")));
        }
        rows.add("Create Time|" + time(token.time("CreateTime")));
        if (!token.at("ExpirationTime").isNull()) {
            rows.add("Expiry Time|" + time(token.time("ExpirationTime")));
        }
        rows.add("Create Index|" + token.text("CreateIndex"));
        rows.add("Modify Index|" + token.text("ModifyIndex"));
        return Layout.values(rows);
    }

    /** As Go prints a time: without the zeros at the end of its fraction. */
    private static String time(Instant time) {
        if (time == null) {
            return "<none>";
        }
        String text = TIME.format(time);
        int zone = text.indexOf(" +");
        String fraction = text.substring(0, zone).replaceFirst("\\.?0*$", "");
        return (text.charAt(zone - 1) == '0' ? fraction : text.substring(0, zone)) + text.substring(zone);
    }

    private static GoFlags described(List<String> args) {
        return Formatted.flags(NomadApi.flags()).texts("name", "type", "ttl").switches("global").lists("policy", "role-id", "role-name").parse(args);
    }

    private static List<Object> roles(GoFlags flags) {
        List<Object> roles = new ArrayList<>();
        flags.all("role-id").forEach(id -> roles.add(Map.of("ID", id)));
        flags.all("role-name").forEach(name -> roles.add(Map.of("Name", name)));
        return roles;
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl token create");
        }
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("Name", flags.text("name"));
        token.put("Type", flags.text("type", "client"));
        token.put("Policies", flags.all("policy"));
        token.put("Roles", roles(flags));
        token.put("Global", flags.on("global"));
        if (flags.has("ttl")) {
            token.put("ExpirationTTL", flags.text("ttl"));
        }
        try {
            return shown(console, flags, NomadApi.api(flags, console).send("PUT", NomadApi.target("/v1/acl/token", flags, console), token));
        } catch (ApiException e) {
            return console.fail("Error creating token: " + e.getMessage());
        }
    }

    private static String path(String accessor) {
        return "/v1/acl/token/" + NomadApi.idPath(accessor);
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ACCESSOR, "acl token update");
        }
        Api api = NomadApi.api(flags, console);
        String target = NomadApi.target(path(flags.rest().getFirst()), flags, console);
        Map<String, Object> token = new LinkedHashMap<>();
        try {
            api.get(target).members().forEach((key, value) -> token.put(key, value.value()));
        } catch (ApiException e) {
            return console.fail("Error fetching token: " + e.getMessage());
        }
        if (flags.has("name")) {
            token.put("Name", flags.text("name"));
        }
        if (flags.has("type")) {
            token.put("Type", flags.text("type"));
        }
        if (flags.has("global")) {
            token.put("Global", flags.on("global"));
        }
        if (flags.has("policy")) {
            token.put("Policies", flags.all("policy"));
        }
        if (flags.has("role-id") || flags.has("role-name")) {
            token.put("Roles", roles(flags));
        }
        try {
            return shown(console, flags, api.send("PUT", target, token));
        } catch (ApiException e) {
            return console.fail("Error updating token: " + e.getMessage());
        }
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ACCESSOR, "acl token delete");
        }
        String accessor = flags.rest().getFirst();
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(path(accessor), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error deleting token: " + e.getMessage());
        }
        console.out().println("Token " + accessor + " successfully deleted");
        return 0;
    }

    private static int info(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ACCESSOR, "acl token info");
        }
        try {
            return shown(console, flags, NomadApi.api(flags, console).get(NomadApi.target(path(flags.rest().getFirst()), flags, console)));
        } catch (ApiException e) {
            return console.fail("Error fetching token: " + e.getMessage());
        }
    }

    private static int self(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl token self");
        }
        try {
            return shown(console, flags, NomadApi.api(flags, console).get(NomadApi.target(path("self"), flags, console)));
        } catch (ApiException e) {
            return console.fail("Error fetching self token: " + e.getMessage());
        }
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl token list");
        }
        try {
            Doc tokens = NomadApi.api(flags, console).get(NomadApi.target("/v1/acl/tokens", flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, tokens.value());
            }
            List<String> rows = new ArrayList<>(List.of("Name|Type|Global|Accessor ID"));
            tokens.list().forEach(token -> rows.add(token.text("Name") + "|" + token.text("Type") + "|" + token.is("Global") + "|"
                    + token.text("AccessorID")));
            console.out().println(rows.size() == 1 ? "No tokens found" : Layout.table(rows));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing ACL tokens: " + e.getMessage());
        }
    }
}
