package muster.cli;

import java.util.List;
import muster.wire.GoFlags;

/** {@code kv delete}. */
final class KvDelete {
    static final Command COMMAND = new Command("kv delete", "Removes data from the KV store", """
            Usage: consul kv delete [options] KEY_OR_PREFIX

              Removes a key, or all below a prefix. A key that is not there is not an error.

              -cas                    delete only if unchanged; needs -modify-index
              -modify-index=<uint>    the ModifyIndex for -cas
              -recurse                delete all keys with the prefix""", KvDelete::run);

    private KvDelete() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("cas", "recurse").texts("modify-index").parse(args);
        List<String> rest = flags.rest();
        if (rest.size() > 1) {
            return console.fail("Too many arguments (expected 1, got " + rest.size() + ")");
        }
        String key = rest.isEmpty() ? "" : rest.getFirst();
        key = key.startsWith("/") ? key.substring(1) : key;
        boolean recurse = flags.on("recurse");
        if (key.isEmpty() && !recurse) {
            return console.fail("Error! Missing KEY argument");
        }
        long modifyIndex = flags.unsigned("modify-index", 0);
        if (flags.on("cas") && recurse) {
            return console.fail("Cannot specify both -cas and -recurse!");
        }
        if (flags.on("cas") && modifyIndex == 0) {
            return console.fail("Must specify -modify-index with -cas!");
        }
        if (modifyIndex != 0 && !flags.on("cas")) {
            return console.fail("Cannot specify -modify-index without -cas!");
        }
        try {
            String target = ConsulApi.target("/v1/kv/" + ConsulApi.keyPath(key), flags, recurse ? "recurse" : "",
                    flags.on("cas") ? "cas=" + Long.toUnsignedString(modifyIndex) : "");
            boolean done = Api.good(ConsulApi.api(flags, console).call("DELETE", target, new byte[0])).text().trim().equals("true");
            if (!done) {
                return console.fail("Error! Did not delete key " + key + ": CAS failed");
            }
        } catch (ApiException e) {
            return console.fail("Error! Did not delete " + (recurse ? "prefix " : "key ") + key + ": " + e.getMessage());
        }
        console.out().println(recurse ? "Success! Deleted keys with prefix: " + key : "Success! Deleted key: " + key);
        return 0;
    }
}
