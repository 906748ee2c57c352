package muster.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import muster.registry.connect.AgentCertificates;
import muster.registry.connect.AgentCertificates.Pair;
import muster.registry.connect.AgentCertificates.Role;
import muster.wire.GoFlags;

/** {@code consul tls ca create} and {@code tls cert create}: the certificates of agents, kept by hand in files. Returns the exit code. */
final class TlsCommand {
    static final String USAGE = """
            Usage: consul tls <subcommand> <subcommand> [options]

              consul tls ca create              makes an authority: consul-agent-ca.pem and consul-agent-ca-key.pem
              consul tls cert create -server    makes a server's certificate: dc1-server-consul-0.pem and its key
              consul tls cert create -client    makes a client agent's: dc1-client-consul-0.pem and its key
              consul tls cert create -cli       makes one for commands: dc1-cli-consul-0.pem and its key

            Options of ca create

              -days=<int>                           for how long it is valid; 1825 without it
              -domain=<string>                      the domain of names; consul without it
              -name-constraint                      let it sign names of the domain and localhost alone
              -additional-name-constraint=<string>  and this one; may be repeated

            Options of cert create

              -ca=<string>                          the authority's certificate
              -key=<string>                         the authority's key
              -days=<int>                           for how long it is valid; 365 without it
              -dc=<string>                          the datacenter; dc1 without it
              -domain=<string>                      the domain of names; consul without it
              -node=<string>                        of -server: the node's name too
              -additional-dnsname=<string>          and this name; may be repeated
              -additional-ipaddress=<string>        and this address; may be repeated
            """;

    private static final String AUTHORITY = "-agent-ca";
    private static final int MOST_FILES = 100_000;
    private static final long MOST_DAYS = 36_500;
    private static final String SERVER_WARNING = """
            ==> WARNING: who has a server's certificate can become a server, and read
                all that the cluster keeps, its root keys and tokens too. Give it to servers
                alone, and keep it as safe as the authority's key.""";

    private final Path folder;
    private final PrintStream out;
    private final PrintStream err;
    private final Instant now;

    TlsCommand(Path folder, PrintStream out, PrintStream err, Instant now) {
        this.folder = folder;
        this.out = out;
        this.err = err;
        this.now = now;
    }

    int run(List<String> args) {
        String what = String.join(" ", args.subList(0, Math.min(2, args.size())));
        List<String> rest = args.subList(Math.min(2, args.size()), args.size());
        try {
            return switch (what) {
                case "ca create" -> authority(rest);
                case "cert create" -> certificate(rest);
                default -> {
                    boolean asked = args.contains("-h") || args.contains("-help") || args.contains("--help");
                    (asked ? out : err).println(USAGE);
                    yield asked ? 0 : 1;
                }
            };
        } catch (GoFlags.HelpWanted e) {
            out.println(USAGE);
            return 0;
        } catch (GoFlags.FlagException e) {
            err.println(e.getMessage());
            err.println(USAGE);
            return 1;
        } catch (FileAlreadyExistsException e) {
            err.println(shown(Path.of(e.getFile())) + " already exists.");
            return 1;
        } catch (IOException e) {
            err.println("Error writing file: " + e.getMessage());
            return 1;
        }
    }

    private int authority(List<String> args) throws IOException {
        GoFlags flags = new GoFlags().switches("name-constraint").texts("days", "domain").lists("additional-name-constraint").parse(args);
        String domain = flags.text("domain", "consul");
        List<String> names = new ArrayList<>(flags.all("additional-name-constraint"));
        if (flags.on("name-constraint")) {
            names.add(domain);
            names.add("localhost");
        }
        Path certificate = folder.resolve(domain + AUTHORITY + ".pem");
        Path key = folder.resolve(domain + AUTHORITY + "-key.pem");
        for (Path file : List.of(certificate, key)) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
        }
        save(new AgentCertificates(new SecureRandom()).authority(names, now, days(flags, 1_825)), certificate, key);
        return 0;
    }

    private int certificate(List<String> args) throws IOException {
        GoFlags flags = new GoFlags().switches("server", "client", "cli").texts("ca", "key", "days", "dc", "domain", "node")
                .lists("additional-dnsname", "additional-ipaddress").parse(args);
        List<String> roles = List.of("server", "client", "cli").stream().filter(flags::on).toList();
        if (roles.size() != 1) {
            err.println("Please provide either -server, -client, or -cli");
            return 1;
        }
        String role = roles.getFirst();
        if (flags.has("node") && !role.equals("server")) {
            err.println("-node requires -server");
            return 1;
        }
        String domain = flags.text("domain", "consul");
        String datacenter = flags.text("dc", "dc1");
        List<String> names = new ArrayList<>(List.of(role + "." + datacenter + "." + domain));
        if (flags.has("node")) {
            names.add(flags.text("node") + ".server." + datacenter + "." + domain);
        }
        names.add("localhost");
        names.addAll(flags.all("additional-dnsname"));
        List<String> addresses = new ArrayList<>(role.equals("cli") ? List.of() : List.of("127.0.0.1"));
        for (String address : flags.all("additional-ipaddress")) {
            // Literal addresses alone: a name would be looked up.
            if (!address.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*") || Network.tryParse(address + (address.contains(":") ? "/128" : "/32")).isEmpty()) {
                err.println("Cannot parse IP address: \"" + address + "\"");
                return 1;
            }
            addresses.add(address);
        }
        String caName = flags.text("ca", domain + AUTHORITY + ".pem");
        String keyName = flags.text("key", domain + AUTHORITY + "-key.pem");
        Pair authority;
        try {
            authority = new Pair(read(caName, "CA"), read(keyName, "CA key"));
        } catch (IOException e) {
            err.println(e.getMessage());
            return 1;
        }
        Duration valid = days(flags, 365);
        if (role.equals("server")) {
            err.println(SERVER_WARNING);
        }
        out.println("==> Using " + caName + " and " + keyName);
        Pair made;
        try {
            made = new AgentCertificates(new SecureRandom()).signed(authority, Role.valueOf(role.toUpperCase(java.util.Locale.ROOT)), names,
                    addresses, now, valid);
        } catch (IllegalArgumentException e) {
            err.println("Error generating certificate: " + e.getMessage());
            return 1;
        }
        return save(made, datacenter + "-" + role + "-" + domain);
    }

    /** Under the first number whose two files are not there yet. */
    private int save(Pair made, String prefix) throws IOException {
        for (int i = 0; i < MOST_FILES; i++) {
            Path certificate = folder.resolve(prefix + "-" + i + ".pem");
            Path key = folder.resolve(prefix + "-" + i + "-key.pem");
            if (!Files.exists(certificate) && !Files.exists(key)) {
                save(made, certificate, key);
                return 0;
            }
        }
        err.println("Could not find a filename that doesn't already exist");
        return 1;
    }

    private void save(Pair made, Path certificate, Path key) throws IOException {
        Files.writeString(certificate, made.certificate(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        out.println("==> Saved " + shown(certificate));
        // Closed to others before the first byte is in it.
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, made.key());
        out.println("==> Saved " + shown(key));
    }

    /** As it was named: below the folder, or wherever it is. */
    private Path shown(Path file) {
        return file.startsWith(folder) && !folder.toString().isEmpty() ? folder.relativize(file) : file;
    }

    private String read(String name, String what) throws IOException {
        try {
            return Files.readString(folder.resolve(name));
        } catch (NoSuchFileException e) {
            throw new IOException("Error reading " + what + ": open " + name + ": no such file or directory", e);
        } catch (IOException e) {
            throw new IOException("Error reading " + what + ": " + e.getMessage(), e);
        }
    }

    private static Duration days(GoFlags flags, long usual) {
        long days = flags.unsigned("days", usual);
        if (days < 1 || days > MOST_DAYS) {
            throw new GoFlags.FlagException("invalid value \"" + days + "\" for flag -days: it has to be from 1 to " + MOST_DAYS);
        }
        return Duration.ofDays(days);
    }
}
