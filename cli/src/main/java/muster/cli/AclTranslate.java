package muster.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;
import muster.wire.GoFlags;

/** {@code acl translate-rules}. */
final class AclTranslate {
    static final Command COMMAND = new Command("acl translate-rules", "Translate the legacy rule syntax into the current syntax", """
            Usage: consul acl translate-rules [options] TRANSLATE

              Prints rules of the system before policies in the words of today. TRANSLATE is the rules, @FILE or - for standard
              input, or with -token-accessor or -token-secret a token that has such rules.

              -token-accessor                TRANSLATE is a token's public id
              -token-secret                  TRANSLATE is a token's secret""", AclTranslate::run);

    private AclTranslate() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("token-accessor", "token-secret").parse(args);
        if (flags.rest().size() != 1) {
            return console.fail(flags.rest().isEmpty() ? "This command requires an argument: what to translate"
                    : "Too many arguments (expected 1, got " + flags.rest().size() + ")");
        }
        String given = flags.rest().getFirst();
        Api api = ConsulApi.api(flags, console);
        try {
            String rules = flags.on("token-accessor") || flags.on("token-secret")
                    ? ofToken(api, flags, given, flags.on("token-secret"))
                    : translated(api, flags, AclArguments.text(console, given));
            console.out().println(rules);
            return 0;
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error translating rules: " + e.getMessage());
        }
    }

    private static String translated(Api api, GoFlags flags, String rules) {
        return Api.good(api.call("POST", ConsulApi.target("/v1/acl/rules/translate", flags), rules.getBytes(StandardCharsets.UTF_8)))
                .text();
    }

    /** The rules of a token of the system before policies, translated. */
    static String ofToken(Api api, GoFlags flags, String id, boolean secret) {
        String accessor = id;
        if (secret) {
            Doc found = api.get(ConsulApi.target("/v1/acl/token/self", flags, "token=" + ConsulApi.encode(id)));
            accessor = found.text("AccessorID");
        }
        return Api.good(api.call("GET", ConsulApi.target("/v1/acl/rules/translate/" + accessor, flags), new byte[0])).text();
    }
}
