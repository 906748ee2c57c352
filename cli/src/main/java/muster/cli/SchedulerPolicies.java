package muster.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import muster.wire.GoFlags;

/** {@code acl policy apply|delete|info|list} and {@code acl role create|delete|info|list|update} of the scheduler. */
final class SchedulerPolicies {
    static final Command APPLY = new Command("acl policy apply", "Create or update an ACL policy", """
            Usage: nomad acl policy apply [options] <name> <path>

              Makes a policy of the rules in a file, or changes one; a path of - is standard input. Needs a management token.

            Apply Options:

              -description=<text>    what it is for""", SchedulerPolicies::apply);
    static final Command DELETE = new Command("acl policy delete", "Delete an existing ACL policy", """
            Usage: nomad acl policy delete <name>

              Removes a policy; needs a management token.""", SchedulerPolicies::delete);
    static final Command INFO = new Command("acl policy info", "Fetch info on an existing ACL policy", """
            Usage: nomad acl policy info [options] <name>

              Shows a policy with its rules.

            Info Options:

            """ + Formatted.HELP, SchedulerPolicies::info);
    static final Command LIST = new Command("acl policy list", "List ACL policies", """
            Usage: nomad acl policy list [options]

              Lists the policies that the token may see.

            List Options:

            """ + Formatted.HELP, SchedulerPolicies::list);
    static final Command CREATE_ROLE = new Command("acl role create", "Create a new ACL role", """
            Usage: nomad acl role create [options]

              Makes a role; needs a management token.

            Create Options:

              -name=<name>           what tokens call it
              -description=<text>    what it is for
              -policy=<name>         a policy that it has; may be repeated
            """ + Formatted.HELP, SchedulerPolicies::createRole);
    static final Command DELETE_ROLE = new Command("acl role delete", "Delete an existing ACL role", """
            Usage: nomad acl role delete <acl_role_id>

              Removes a role; needs a management token.""", SchedulerPolicies::deleteRole);
    static final Command INFO_ROLE = new Command("acl role info", "Fetch information on an existing ACL role", """
            Usage: nomad acl role info [options] <acl_role_id>

              Shows a role.

            Info Options:

              -by-name               the argument is a name
            """ + Formatted.HELP, SchedulerPolicies::infoRole);
    static final Command LIST_ROLES = new Command("acl role list", "List ACL roles", """
            Usage: nomad acl role list [options]

              Lists the roles that the token may see.

            List Options:

            """ + Formatted.HELP, SchedulerPolicies::listRoles);
    static final Command UPDATE_ROLE = new Command("acl role update", "Update an existing ACL role", """
            Usage: nomad acl role update [options] <acl_role_id>

              Changes a role; what is not given stays. Needs a management token.

            Update Options:

              -name=<name>           what tokens call it
              -description=<text>    what it is for
              -policy=<name>         a policy that is added; may be repeated
              -no-merge              the role is made of what is given alone
            """ + Formatted.HELP, SchedulerPolicies::updateRole);

    private static final String ROLE_ID = "This command takes one argument: <acl_role_id>";

    private SchedulerPolicies() {}

    static List<Command> all() {
        return List.of(APPLY, DELETE, INFO, LIST, CREATE_ROLE, DELETE_ROLE, INFO_ROLE, LIST_ROLES, UPDATE_ROLE);
    }

    private static String policy(String name) {
        return "/v1/acl/policy/" + NomadApi.idPath(name);
    }

    private static int apply(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().texts("description").parse(args);
        if (flags.rest().size() != 2) {
            return NomadApi.usage(console, "This command takes two arguments: <policy_name> <policy_file>", "acl policy apply");
        }
        String name = flags.rest().getFirst();
        String rules;
        try {
            rules = Texts.read(console, flags.rest().getLast());
        } catch (IOException e) {
            return console.fail("Failed to read file: " + e.getMessage());
        }
        try {
            NomadApi.api(flags, console).send("PUT", NomadApi.target(policy(name), flags, console),
                    Map.of("Name", name, "Description", flags.text("description"), "Rules", rules));
        } catch (ApiException e) {
            return console.fail("Error writing ACL policy: " + e.getMessage());
        }
        console.out().println("Successfully wrote \"" + name + "\" ACL policy!");
        return 0;
    }

    private static int delete(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <policy_name>", "acl policy delete");
        }
        String name = flags.rest().getFirst();
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(policy(name), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error deleting ACL policy: " + e.getMessage());
        }
        console.out().println("Successfully deleted " + name + " policy!");
        return 0;
    }

    private static int info(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, "This command takes one argument: <policy_name>", "acl policy info");
        }
        try {
            Doc policy = NomadApi.api(flags, console).get(NomadApi.target(policy(flags.rest().getFirst()), flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, policy.value());
            }
            console.out().println(Layout.values(List.of("Name|" + policy.text("Name"), "Description|" + policy.text("Description")))
                    + "\n" + Layout.values(List.of("CreateIndex|" + policy.text("CreateIndex"), "ModifyIndex|" + policy.text("ModifyIndex")))
                    + "\n\nRules\n\n" + policy.text("Rules").stripTrailing());
            return 0;
        } catch (ApiException e) {
            return console.fail("Error fetching info on ACL policy: " + e.getMessage());
        }
    }

    private static int list(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).parse(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl policy list");
        }
        try {
            Doc policies = NomadApi.api(flags, console).get(NomadApi.target("/v1/acl/policies", flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, policies.value());
            }
            List<String> rows = new ArrayList<>(List.of("Name|Description"));
            policies.list().forEach(policy -> rows.add(policy.text("Name") + "|" + policy.text("Description")));
            console.out().println(rows.size() == 1 ? "No policies found" : Layout.table(rows));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing ACL policies: " + e.getMessage());
        }
    }

    private static String role(String id) {
        return "/v1/acl/role/" + NomadApi.idPath(id);
    }

    private static GoFlags described(List<String> args) {
        return Formatted.flags(NomadApi.flags()).texts("name", "description").lists("policy").switches("no-merge", "by-name").parse(args);
    }

    private static List<Object> links(List<String> names) {
        return names.stream().<Object>map(name -> Map.of("Name", name)).toList();
    }

    private static int createRole(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl role create");
        }
        if (flags.text("name").isEmpty()) {
            return console.fail("ACL role name must be specified using the -name flag");
        }
        if (flags.all("policy").isEmpty()) {
            return console.fail("At least one policy name must be specified using the -policy flag");
        }
        try {
            return shown(console, flags, NomadApi.api(flags, console).send("PUT", NomadApi.target("/v1/acl/role", flags, console),
                    Map.of("Name", flags.text("name"), "Description", flags.text("description"), "Policies", links(flags.all("policy")))));
        } catch (ApiException e) {
            return console.fail("Error creating ACL role: " + e.getMessage());
        }
    }

    private static int shown(Console console, GoFlags flags, Doc role) {
        if (Formatted.isWanted(flags)) {
            return Formatted.print(console, flags, role.value());
        }
        console.out().println(Layout.values(List.of("ID|" + role.text("ID"), "Name|" + role.text("Name"),
                "Description|" + role.text("Description"), "Policies|" + names(role), "Create Index|" + role.text("CreateIndex"),
                "Modify Index|" + role.text("ModifyIndex"))));
        return 0;
    }

    private static String names(Doc role) {
        return role.list("Policies").stream().map(policy -> policy.text("Name")).collect(Collectors.joining(","));
    }

    private static int deleteRole(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().parse(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ROLE_ID, "acl role delete");
        }
        String id = flags.rest().getFirst();
        try {
            NomadApi.api(flags, console).send("DELETE", NomadApi.target(role(id), flags, console), null);
        } catch (ApiException e) {
            return console.fail("Error deleting ACL role: " + e.getMessage());
        }
        console.out().println("ACL role " + id + " successfully deleted");
        return 0;
    }

    private static int infoRole(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ROLE_ID, "acl role info");
        }
        String id = flags.rest().getFirst();
        try {
            String path = flags.on("by-name") ? "/v1/acl/role/name/" + NomadApi.idPath(id) : role(id);
            return shown(console, flags, NomadApi.api(flags, console).get(NomadApi.target(path, flags, console)));
        } catch (ApiException e) {
            return console.fail("Error reading ACL role: " + e.getMessage());
        }
    }

    private static int listRoles(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (!flags.rest().isEmpty()) {
            return NomadApi.usage(console, "This command takes no arguments", "acl role list");
        }
        try {
            Doc roles = NomadApi.api(flags, console).get(NomadApi.target("/v1/acl/roles", flags, console));
            if (Formatted.isWanted(flags)) {
                return Formatted.print(console, flags, roles.value());
            }
            List<String> rows = new ArrayList<>(List.of("ID|Name|Description|Policies"));
            roles.list().forEach(role -> rows.add(role.text("ID") + "|" + role.text("Name") + "|" + role.text("Description") + "|" + names(role)));
            console.out().println(rows.size() == 1 ? "No ACL roles found" : Layout.table(rows));
            return 0;
        } catch (ApiException e) {
            return console.fail("Error listing ACL roles: " + e.getMessage());
        }
    }

    private static int updateRole(Console console, List<String> args) {
        GoFlags flags = described(args);
        if (flags.rest().size() != 1) {
            return NomadApi.usage(console, ROLE_ID, "acl role update");
        }
        Api api = NomadApi.api(flags, console);
        String target = NomadApi.target(role(flags.rest().getFirst()), flags, console);
        Map<String, Object> role = new LinkedHashMap<>(Map.of("ID", flags.rest().getFirst()));
        List<Object> policies = new ArrayList<>();
        if (!flags.on("no-merge")) {
            try {
                api.get(target).members().forEach((key, value) -> role.put(key, value.value()));
            } catch (ApiException e) {
                return console.fail("Error reading ACL role: " + e.getMessage());
            }
            new Doc(role).list("Policies").forEach(policy -> policies.add(policy.value()));
        }
        policies.addAll(links(flags.all("policy")));
        role.put("Policies", policies);
        if (flags.has("name")) {
            role.put("Name", flags.text("name"));
        }
        if (flags.has("description")) {
            role.put("Description", flags.text("description"));
        }
        try {
            return shown(console, flags, api.send("PUT", target, role));
        } catch (ApiException e) {
            return console.fail("Error updating ACL role: " + e.getMessage());
        }
    }
}
