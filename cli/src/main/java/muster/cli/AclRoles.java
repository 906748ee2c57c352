package muster.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code acl role}: create, read, list, update, delete. */
final class AclRoles {
    private static final String BODY_HELP = """
              -name=<string>                 its name
              -description=<string>          what it is for
              -policy-id=<id>                policy by id or its beginning; may be repeated
              -policy-name=<name>            policy by name; may be repeated
              -service-identity=<name>       NAME or NAME:DC1,DC2; may be repeated
              -node-identity=<name:dc>       NAME:DC; may be repeated
            """;
    private static final AclNamed ROLES = new AclNamed("role", "roles", AclText::roles);
    static final List<Command> COMMANDS = List.of(
            new Command("acl role create", "Create an ACL role", """
                    Usage: consul acl role create -name NAME [options]

                      Makes a role that has what the flags name.

                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclRoles::create),
            new Command("acl role read", "Read an ACL role", """
                    Usage: consul acl role read [options]

                      Prints a role.

                      -id=<id>                       the role, by its id or the beginning of it
                      -name=<name>                   the role, by its name
                    """.indent(0) + AclArguments.OUTPUT_HELP, AclRoles::read),
            new Command("acl role list", "Lists ACL roles", """
                    Usage: consul acl role list [options]

                      Lists all roles.

                    """.indent(0) + AclArguments.OUTPUT_HELP, ROLES::list),
            new Command("acl role update", "Update an ACL role", """
                    Usage: consul acl role update [options]

                      Changes a role; policies and identities are added to those it has.

                      -id=<id>                       the role, by its id or the beginning of it
                      -no-merge                      they replace those it has
                    """.indent(0) + BODY_HELP + AclArguments.OUTPUT_HELP, AclRoles::update),
            new Command("acl role delete", "Delete an ACL role", """
                    Usage: consul acl role delete [options]

                      Removes a role.

                      -id=<id>                       the role, by its id or the beginning of it
                      -name=<name>                   the role, by its name""", ROLES::delete));

    private AclRoles() {}

    private static GoFlags body(GoFlags flags) {
        return flags.texts("name", "description").lists("policy-id", "policy-name", "service-identity", "node-identity");
    }

    private static int create(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).parse(args);
        if (flags.text("name").isEmpty()) {
            console.err().println("Missing require '-name' flag");
            console.err().println(Tool.CONSUL.help(COMMANDS.getFirst()));
            return 1;
        }
        if (List.of("policy-id", "policy-name", "service-identity", "node-identity").stream().noneMatch(flags::has)) {
            return console.fail("Cannot create a role without specifying -policy-name, -policy-id, -service-identity, or -node-identity"
                    + " at least once");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("Name", flags.text("name"));
            body.put("Description", flags.text("description"));
            grants(body, new Doc(null), false, api, flags);
            return print(console, flags, api.send("PUT", ConsulApi.target("/v1/acl/role", flags), body));
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Failed to create new role: " + e.getMessage());
        }
    }

    private static void grants(Map<String, Object> body, Doc present, boolean merge, Api api, GoFlags flags) {
        body.put("Policies", AclTokens.merged(present, "Policies", merge,
                AclArguments.links(api, flags, flags.all("policy-name"), flags.all("policy-id"), "policies", "policy")));
        body.put("ServiceIdentities", AclTokens.merged(present, "ServiceIdentities", merge,
                AclArguments.serviceIdentities(flags.all("service-identity"))));
        body.put("NodeIdentities", AclTokens.merged(present, "NodeIdentities", merge,
                AclArguments.nodeIdentities(flags.all("node-identity"))));
    }

    private static int print(Console console, GoFlags flags, Doc role) {
        return AclText.print(console, flags, role, row -> AclText.role(row, flags.on("meta")));
    }

    private static int read(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().texts("id", "name").parse(args);
        if (flags.text("id").isEmpty() && flags.text("name").isEmpty()) {
            return console.fail("Must specify either the -id or -name parameters");
        }
        String id = "";
        try {
            Api api = ConsulApi.api(flags, console);
            id = ROLES.id(api, flags);
            Api.Answer answer = api.call("GET", ConsulApi.target(ROLES.path(id), flags), new byte[0]);
            return answer.status() == 404
                    ? console.fail("Role not found with ID \"" + id + "\"")
                    : print(console, flags, Api.good(answer).json());
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error reading role \"" + id + "\": " + e.getMessage());
        }
    }

    private static int update(Console console, List<String> args) {
        GoFlags flags = body(AclArguments.flags()).texts("id").switches("no-merge").parse(args);
        if (flags.text("id").isEmpty()) {
            return console.fail("Cannot update a role without specifying the -id parameter");
        }
        try {
            Api api = ConsulApi.api(flags, console);
            String id = ROLES.id(api, flags);
            Doc present;
            try {
                present = api.get(ConsulApi.target(ROLES.path(id), flags));
            } catch (ApiException e) {
                return console.fail(e.status() == 404
                        ? "Role not found with ID \"" + id + "\"" : "Error when retrieving current role: " + e.getMessage());
            }
            boolean merge = !flags.on("no-merge");
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("ID", id);
            body.put("Name", flags.text("name").isEmpty() ? present.text("Name") : flags.text("name"));
            body.put("Description", flags.text("description").isEmpty() && merge ? present.text("Description") : flags.text("description"));
            grants(body, present, merge, api, flags);
            try {
                return print(console, flags, api.send("PUT", ConsulApi.target(ROLES.path(id), flags), body));
            } catch (ApiException e) {
                return console.fail("Error updating role \"" + id + "\": " + e.getMessage());
            }
        } catch (AclArguments.WrongUse | ApiException e) {
            return console.fail(e.getMessage());
        }
    }
}
