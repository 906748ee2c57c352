package muster.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Base64;
import java.util.List;
import muster.wire.GoFlags;

/** {@code kv put}. */
final class KvPut {
    static final Command COMMAND = new Command("kv put", "Sets or updates data in the KV store", """
            Usage: consul kv put [options] KEY [DATA]

              Writes the data to the key. DATA that begins with @ names a file, a single - is standard input; without DATA the value
              is empty.

              -acquire                take the lock on the key; needs -session
              -base64                 DATA is base64
              -cas                    write only if the key is unchanged; needs -modify-index
              -flags=<uint>           a number kept with the key
              -modify-index=<uint>    the ModifyIndex for -cas
              -release                give the lock on the key back; needs -session
              -session=<string>       session of -acquire or -release""", KvPut::run);

    private KvPut() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = ConsulApi.flags().switches("acquire", "base64", "cas", "release").texts("flags", "modify-index", "session").parse(args);
        List<String> rest = flags.rest();
        if (rest.isEmpty()) {
            return console.fail("Error! Missing KEY argument");
        }
        if (rest.size() > 2) {
            return console.fail("Error! Too many arguments (expected 1 or 2, got " + rest.size() + ")");
        }
        String key = rest.getFirst();
        if (key.startsWith("/")) {
            return console.fail("Error! Failed writing data: Invalid key. Key must not begin with a '/': " + key);
        }
        long modifyIndex = flags.unsigned("modify-index", 0);
        if (flags.on("cas") && modifyIndex == 0) {
            return console.fail("Must specify -modify-index with -cas!");
        }
        if (modifyIndex != 0 && !flags.on("cas")) {
            return console.fail("Cannot specify -modify-index without -cas!");
        }
        if ((flags.on("acquire") || flags.on("release")) && flags.text("session").isEmpty()) {
            return console.fail("Error! Missing -session (required with -acquire and -release)");
        }
        byte[] value;
        try {
            value = data(console, rest.size() == 2 ? rest.get(1) : "");
            value = flags.on("base64") ? Base64.getDecoder().decode(value) : value;
        } catch (IOException e) {
            return console.fail("Error! " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return console.fail("Error! Cannot base 64 decode data: " + e.getMessage());
        }
        try {
            String target = ConsulApi.target("/v1/kv/" + ConsulApi.keyPath(key), flags,
                    "flags=" + Long.toUnsignedString(flags.unsigned("flags", 0)),
                    flags.on("cas") ? "cas=" + Long.toUnsignedString(modifyIndex) : "",
                    flags.on("acquire") ? "acquire=" + ConsulApi.encode(flags.text("session")) : "",
                    flags.on("release") ? "release=" + ConsulApi.encode(flags.text("session")) : "");
            boolean done = Api.good(ConsulApi.api(flags, console).call("PUT", target, value)).text().trim().equals("true");
            if (!done) {
                return console.fail(flags.on("cas") ? "Error! Did not write to " + key + ": CAS failed"
                        : flags.on("acquire") ? "Error! Did not acquire lock"
                        : flags.on("release") ? "Error! Did not release lock" : "Error! Did not write to " + key);
            }
        } catch (ApiException e) {
            return console.fail("Error! Failed writing data: " + e.getMessage());
        }
        console.out().println(flags.on("acquire") ? "Success! Lock acquired on: " + key
                : flags.on("release") ? "Success! Lock released on: " + key : "Success! Data written to: " + key);
        return 0;
    }

    /** The value that an argument stands for: {@code @FILE}, {@code -} for standard input, or itself. */
    static byte[] data(Console console, String argument) throws IOException {
        if (argument.startsWith("@")) {
            String file = argument.substring(1);
            try {
                return Files.readAllBytes(console.folder().resolve(file));
            } catch (NoSuchFileException e) {
                throw new IOException("Failed to read file: open " + file + ": no such file or directory");
            } catch (IOException e) {
                throw new IOException("Failed to read file: " + e.getMessage());
            }
        }
        return argument.equals("-") ? console.in().readAllBytes() : argument.getBytes(StandardCharsets.UTF_8);
    }
}
