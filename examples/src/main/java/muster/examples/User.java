package muster.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import muster.wire.Json;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * Somebody at a keyboard: edits files in a folder, runs commands there, opens pages and asks for names. Every method returns
 * what is then on the screen, and throws {@link IOException} saying why there is nothing. One thread at a time.
 */
final class User {
    private static final Duration COMMAND = Duration.ofSeconds(90);
    private static final Duration REQUEST = Duration.ofSeconds(5);
    /** Of the line {@code answer NAME 0 IN SRV 1 1 PORT TARGET}. */
    private static final int PORT_WORD = 7;

    private final Site site;
    private final Path folder;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(REQUEST).followRedirects(HttpClient.Redirect.NORMAL).build();

    /** @param folder where this user works; it exists */
    User(Site site, Path folder) {
        this.site = site;
        this.folder = folder;
    }

    Site site() {
        return site;
    }

    /** Takes a file of the examples into the folder. */
    String copy(String example, String file) throws IOException {
        Files.writeString(folder.resolve(file), site.file(example));
        return file + " as in " + example;
    }

    /** Replaces a text that stands in a file exactly once. */
    String edit(String file, String before, String after) throws IOException {
        String text = Files.readString(folder.resolve(file));
        int at = text.indexOf(before);
        if (at < 0 || text.indexOf(before, at + 1) >= 0) {
            throw new IOException(file + " has to hold exactly once: " + before);
        }
        Files.writeString(folder.resolve(file), text.substring(0, at) + after + text.substring(at + before.length()));
        return before + " => " + after;
    }

    /** Runs {@code nomad} and returns its output. Another exit code than the expected one is an error. */
    String nomad(int exit, String... arguments) throws IOException, InterruptedException {
        return command(exit, "nomad", arguments);
    }

    /** As {@link #nomad}, for {@code consul}. */
    String consul(int exit, String... arguments) throws IOException, InterruptedException {
        return command(exit, "consul", arguments);
    }

    private String command(int exit, String tool, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(site.tools().resolve(tool).toString()));
        line.addAll(List.of(arguments));
        Path screen = folder.resolve("screen.txt");
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(screen.toFile());
        builder.environment().put("NOMAD_ADDR", site.scheduler());
        builder.environment().put("CONSUL_HTTP_ADDR", site.registry());
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(tool + " " + String.join(" ", arguments) + " did not end within " + COMMAND.toSeconds() + " s:\n"
                        + Files.readString(screen));
            }
        } finally {
            process.destroyForcibly();
        }
        String output = Files.readString(screen);
        if (process.exitValue() != exit) {
            throw new IOException(tool + " " + String.join(" ", arguments) + " ended with exit code " + process.exitValue() + " instead of "
                    + exit + ":\n" + output);
        }
        return output;
    }

    /** Opens a page as a browser does, following redirects; it has to be there (200). */
    String open(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(REQUEST).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
            throw new IOException(url + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    /** As {@link #open}, for an answer in JSON. */
    Object json(String url) throws IOException, InterruptedException {
        return Json.parse(open(url));
    }

    /** A list in a JSON answer at these keys, an object each. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> list(Object json, String... keys) {
        Object at = json;
        for (String key : keys) {
            at = at instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return at instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
    }

    /** Asks the DNS interface. One line for each record, led by its section, and the code first. */
    String dig(String name, int type) throws IOException {
        SimpleResolver resolver = new SimpleResolver(new InetSocketAddress("127.0.0.1", site.dns()));
        resolver.setTimeout(REQUEST);
        Message answer = resolver.send(Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN)));
        StringBuilder lines = new StringBuilder(Rcode.string(answer.getRcode())).append('\n');
        section(lines, "answer", answer.getSection(Section.ANSWER));
        section(lines, "additional", answer.getSection(Section.ADDITIONAL));
        return lines.toString();
    }

    private static void section(StringBuilder lines, String title, List<Record> records) {
        for (Record record : records) {
            if (record.getType() != Type.OPT) {
                lines.append(title).append(' ').append(record.toString().replaceAll("\\s+", " ")).append('\n');
            }
        }
    }

    /** The ports of a service's instances, from its SRV records. */
    List<Integer> portsOf(String name) throws IOException {
        return dig(name, Type.SRV).lines()
                .filter(line -> line.startsWith("answer ") && line.contains(" SRV "))
                .map(line -> Integer.valueOf(line.split(" ")[PORT_WORD]))
                .sorted()
                .toList();
    }
}
