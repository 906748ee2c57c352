package muster.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import muster.wire.GoFlags;

/** {@code login} of the scheduler: a token for a proof of identity. */
final class SchedulerLogin {
    static final Command COMMAND = new Command("login", "Login to Nomad using an auth method", """
            Usage: nomad login [options] [token]

              Gets an ACL token for a proof of identity, a JSON web token. That is given by -login-token or as the argument: itself,
              @FILE, or - for standard input, which keeps it out of the list of processes.

            Login Options:

              -method=<name>         the auth method; the default one where it is not given
              -type=<type>           the method's type: JWT
              -login-token=<token>   the proof
            """ + Formatted.HELP, SchedulerLogin::run);

    private SchedulerLogin() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = Formatted.flags(NomadApi.flags()).texts("method", "type", "login-token", "oidc-callback-addr").parse(args);
        if (flags.rest().size() > 1 || !flags.rest().isEmpty() && flags.has("login-token")) {
            return NomadApi.usage(console, "This command takes one token", "login");
        }
        Api api = NomadApi.api(flags, console);
        String method = flags.text("method");
        String type = flags.text("type").toUpperCase(Locale.ROOT);
        try {
            Doc found = method(api.get(NomadApi.target("/v1/acl/auth-methods", flags, console)), method, type);
            method = found.text("Name");
            type = type.isEmpty() ? found.text("Type") : type;
        } catch (ApiException e) {
            return console.fail("Error listing ACL auth methods: " + e.getMessage());
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        }
        if (!type.equals("JWT")) {
            return console.fail("Unsupported authentication type \"" + type + "\": log in by an auth method of type JWT, with the ID token that an "
                    + "OIDC provider gives");
        }
        try {
            String proof = proof(console, flags.rest().isEmpty() ? flags.text("login-token") : flags.rest().getFirst());
            if (proof.isEmpty()) {
                return console.fail("You need to provide a login token.");
            }
            Doc token = api.send("PUT", NomadApi.target("/v1/acl/login", flags, console), Map.of("AuthMethodName", method, "LoginToken", proof));
            if (!Formatted.isWanted(flags)) {
                console.out().println("Successfully logged in via " + type + " and " + method + "\n");
            }
            return SchedulerTokens.shown(console, flags, token);
        } catch (IOException e) {
            return console.fail("Error reading login token: " + e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error performing login: " + e.getMessage());
        }
    }

    private static String proof(Console console, String given) throws IOException {
        return (given.equals("-") ? Texts.read(console, "-") : given.startsWith("@") ? Texts.read(console, given.substring(1)) : given).strip();
    }

    /** The method of the name, or the default one. */
    private static Doc method(Doc methods, String name, String type) {
        for (Doc method : methods.list()) {
            if (name.isEmpty() ? method.is("Default") && (type.isEmpty() || type.equals(method.text("Type"))) : name.equals(method.text("Name"))) {
                return method;
            }
        }
        throw new AclArguments.WrongUse(name.isEmpty() ? "Must specify an auth method name and type, no default found"
                : "Error: method " + name + " not found in the state store. ");
    }
}
