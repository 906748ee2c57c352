package muster.scheduler.artifact;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where an artifact comes from, in the forms of the original's getters: {@code KIND::URL}, hosts that imply a kind, {@code //} before a
 * subfolder, options in the query. Pure.
 */
sealed interface Source {
    /** What belongs to every source: the folder in it that is meant, and the options of block and query together. */
    record Common(String subfolder, Map<String, String> options) {}

    Common common();

    /** A file over http or https. */
    record Web(URI uri, Common common) implements Source {
        String fileName() {
            String path = uri.getPath() == null ? "" : uri.getPath();
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** An object of s3, or of a server that speaks like it. */
    record Store(URI uri, Common common) implements Source {
        String fileName() {
            String path = uri.getPath() == null ? "" : uri.getPath();
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** An object of Google's store; one of its API is had by the simpler address that it has too. */
    record Bucket(URI uri, Common common) implements Source {
        private static final String HOST = "storage.googleapis.com";
        private static final String API = "/storage/v1/";

        public Bucket {
            if ("www.googleapis.com".equals(uri.getHost()) && uri.getRawPath().startsWith(API)) {
                uri = URI.create("https://" + HOST + "/" + uri.getRawPath().substring(API.length()));
            }
        }

        String fileName() {
            return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
        }

        /** The agent's token goes to its own store alone, whatever address a job names. */
        Map<String, String> headers(Map<String, String> environment) {
            String token = environment.getOrDefault("GOOGLE_OAUTH_ACCESS_TOKEN", "");
            return token.isEmpty() || !HOST.equals(uri.getHost()) || !"https".equals(uri.getScheme()) ? Map.of()
                    : Map.of("Authorization", "Bearer " + token);
        }
    }

    record Git(String repository, Common common) implements Source {}

    /** A path on this node. */
    record Local(String path, Common common) implements Source {}

    /** The options that files take. */
    Set<String> OF_FILES = Set.of("archive", "checksum", "filename");
    /** Those of s3's objects: where they are, and with which keys they are to be had. */
    Set<String> OF_S3 = Set.of("archive", "checksum", "filename", "region", "aws_access_key_id", "aws_access_key_secret", "aws_access_token");
    /** Those of repositories; a checksum is taken to be refused with a better word. */
    Set<String> OF_GIT = Set.of("ref", "depth", "sshkey", "checksum");

    /** Throws {@link IllegalArgumentException} that says what is wrong with it. */
    static Source of(String text, Map<String, String> options) {
        int mark = text.indexOf("::");
        String kind = mark > 0 && text.substring(0, mark).matches("[a-z0-9]+") ? text.substring(0, mark) : "";
        String rest = kind.isEmpty() ? text : text.substring(mark + 2);
        if (kind.isEmpty()) {
            String repository = repository(rest);
            if (repository != null) {
                kind = "git";
                rest = repository;
            } else if (rest.matches("(https?://)?([\\w.-]+\\.)?s3[.-][\\w.-]*amazonaws\\.com(\\.cn)?/.*")) {
                kind = "s3";
                rest = rest.startsWith("http") ? rest : "https://" + rest;
            }
        }
        Parts parts = Parts.of(rest, options);
        String scheme = parts.address().matches("[a-zA-Z][a-zA-Z0-9+.-]*://.*")
                ? parts.address().substring(0, parts.address().indexOf("://")).toLowerCase(java.util.Locale.ROOT) : "";
        String way = kind.isEmpty() ? scheme : kind;
        return switch (way) {
            case "http", "https" -> new Web(uri(parts), parts.common(OF_FILES));
            case "s3" -> {
                if (!scheme.equals("http") && !scheme.equals("https")) {
                    throw new IllegalArgumentException("an s3 source is written s3::https://HOST/BUCKET/KEY");
                }
                yield new Store(uri(parts), parts.common(OF_S3));
            }
            case "git" -> new Git(parts.address() + parts.query(), parts.common(OF_GIT));
            case "", "file" -> new Local(parts.address().replaceFirst("^file://", ""), parts.common(OF_FILES));
            case "hg" -> throw new IllegalArgumentException("Mercurial sources are not supported: offer an archive over https, or git");
            case "gcs" -> {
                if (!scheme.equals("http") && !scheme.equals("https")) {
                    throw new IllegalArgumentException("a gcs source is written gcs::https://www.googleapis.com/storage/v1/BUCKET/OBJECT");
                }
                yield new Bucket(uri(parts), parts.common(OF_FILES));
            }
            default -> throw new IllegalArgumentException("download not supported for scheme \"" + way
                    + "\": use http, https, git::, s3::, gcs:: or a path in the allocation's folder");
        };
    }

    /** Repositories that are known by their host, or by the form that ssh has for them. */
    private static String repository(String text) {
        for (String host : List.of("github.com/", "gitlab.com/", "bitbucket.org/")) {
            if (text.startsWith(host)) {
                String[] parts = text.substring(host.length()).split("/", 3);
                if (parts.length < 2) {
                    throw new IllegalArgumentException("a source at " + host + " needs an owner and a repository");
                }
                int mark = parts[1].indexOf('?');
                String name = mark < 0 ? parts[1] : parts[1].substring(0, mark);
                String query = mark < 0 ? "" : parts[1].substring(mark);
                return "https://" + host + parts[0] + "/" + (name.endsWith(".git") ? name : name + ".git") + query
                        + (parts.length < 3 || parts[2].isEmpty() ? "" : "//" + parts[2].replaceFirst("^/", ""));
            }
        }
        if (text.matches("[\\w.-]+@[\\w.-]+:[^/].*")) {
            return "ssh://" + text.replaceFirst(":", "/");
        }
        return null;
    }

    private static URI uri(Parts parts) {
        URI uri = URI.create(parts.address() + parts.query());
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("the address has no host");
        }
        return uri;
    }

    /** An address without its subfolder and options; what of the query is no option stays with it. */
    record Parts(String address, String query, String subfolder, Map<String, String> options) {
        private static final Set<String> KNOWN = Set.of("archive", "checksum", "filename", "ref", "depth", "sshkey", "region",
                "aws_access_key_id", "aws_access_key_secret", "aws_access_token", "aws_profile");

        static Parts of(String text, Map<String, String> options) {
            int mark = text.indexOf('?');
            String path = mark < 0 ? text : text.substring(0, mark);
            Map<String, String> all = new LinkedHashMap<>();
            List<String> kept = new ArrayList<>();
            for (String pair : mark < 0 ? new String[0] : text.substring(mark + 1).split("&")) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                if (KNOWN.contains(name)) {
                    all.put(name, equals < 0 ? "" : java.net.URLDecoder.decode(pair.substring(equals + 1), java.nio.charset.StandardCharsets.UTF_8));
                } else if (!pair.isEmpty()) {
                    kept.add(pair);
                }
            }
            all.putAll(options);
            int scheme = path.indexOf("://");
            int sub = path.indexOf("//", scheme < 0 ? 0 : scheme + 3);
            String subfolder = sub < 0 ? "" : path.substring(sub + 2);
            if (List.of(subfolder.split("/")).contains("..")) {
                throw new IllegalArgumentException("the subfolder \"" + subfolder + "\" must not lead up");
            }
            return new Parts(sub < 0 ? path : path.substring(0, sub), kept.isEmpty() ? "" : "?" + String.join("&", kept), subfolder, all);
        }

        Common common(Set<String> known) {
            for (String option : options.keySet()) {
                if (option.equals("aws_profile")) {
                    throw new IllegalArgumentException("option \"aws_profile\" is not supported: name aws_access_key_id and aws_access_key_secret,"
                            + " or set them in the agent's environment");
                }
                if (!known.contains(option)) {
                    throw new IllegalArgumentException("option \"" + option + "\" is not supported here: remove it");
                }
            }
            return new Common(subfolder, Map.copyOf(options));
        }
    }
}
