package muster.cli;

import java.util.List;
import java.util.function.BiFunction;
import muster.wire.GoFlags;

/**
 * What the commands of policies and of roles do alike: both are found by id or name, listed and deleted.
 *
 * @param word the kind, as it is in paths and messages
 * @param plural of the word
 * @param listed how a list is shown, with indexes or without
 */
record AclNamed(String word, String plural, BiFunction<Doc, Boolean, String> listed) {
    String path(String id) {
        return "/v1/acl/" + word + "/" + id;
    }

    String id(Api api, GoFlags flags) {
        try {
            return flags.text("id").isEmpty()
                    ? AclArguments.named(api, flags, plural, word, flags.text("name"))
                    : AclArguments.id(api, flags, plural, "ID", word, flags.text("id"));
        } catch (AclArguments.WrongUse | ApiException e) {
            throw new AclArguments.WrongUse("Error determining " + word + " ID: " + e.getMessage());
        }
    }

    int list(Console console, List<String> args) {
        GoFlags flags = AclArguments.flags().parse(args);
        try {
            Doc all = ConsulApi.api(flags, console).get(ConsulApi.target("/v1/acl/" + plural, flags));
            return AclText.print(console, flags, all, rows -> listed.apply(rows, flags.on("meta")));
        } catch (ApiException e) {
            return console.fail("Failed to retrieve the " + word + " list: " + e.getMessage());
        }
    }

    int delete(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().texts("id", "name").parse(args);
        if (flags.text("id").isEmpty() && flags.text("name").isEmpty()) {
            return console.fail("Must specify the -id or -name parameters");
        }
        String id = "";
        try {
            Api api = ConsulApi.api(flags, console);
            id = id(api, flags);
            api.send("DELETE", ConsulApi.target(path(id), flags), null);
            console.out().println(Character.toUpperCase(word.charAt(0)) + word.substring(1) + " \"" + id + "\" deleted successfully");
            return 0;
        } catch (AclArguments.WrongUse e) {
            return console.fail(e.getMessage());
        } catch (ApiException e) {
            return console.fail("Error deleting " + word + " \"" + id + "\": " + e.getMessage());
        }
    }
}
