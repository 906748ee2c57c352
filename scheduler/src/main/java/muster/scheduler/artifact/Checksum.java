package muster.scheduler.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * What a downloaded file has to be.
 *
 * @param algorithm of {@link MessageDigest}
 * @param hex lower case
 */
record Checksum(String algorithm, String hex) {
    private static final Map<String, String> BY_NAME =
            Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");
    private static final Map<Integer, String> BY_LENGTH = Map.of(32, "MD5", 40, "SHA-1", 64, "SHA-256", 128, "SHA-512");
    private static final Map<String, Integer> LENGTHS = Map.of("MD5", 32, "SHA-1", 40, "SHA-256", 64, "SHA-512", 128);

    /** {@code TYPE:HEX}, or the number alone, whose length tells the type. Throws {@link IOException} that names what is wrong. */
    static Checksum of(String text) throws IOException {
        int colon = text.indexOf(':');
        String hex = text.substring(colon + 1).toLowerCase(Locale.ROOT);
        String algorithm = colon < 0 ? BY_LENGTH.get(hex.length()) : BY_NAME.get(text.substring(0, colon));
        if (algorithm == null || !hex.matches("[0-9a-f]+") || LENGTHS.get(algorithm) != hex.length()) {
            throw new IOException("checksum \"" + text + "\" must be md5:, sha1:, sha256: or sha512: and a hexadecimal number of its length,"
                    + " or file: and the address of a list of them");
        }
        return new Checksum(algorithm, hex);
    }

    /** That of a file in a list as {@code sha256sum} and BSD's {@code shasum --tag} write it; of a list with one line, that one. */
    static Checksum ofList(String list, String file) throws IOException {
        String[] lines = list.lines().filter(line -> !line.isBlank()).toArray(String[]::new);
        for (String line : lines) {
            String[] words = line.strip().split("\\s+");
            boolean tagged = words.length == 4 && words[1].startsWith("(") && words[1].endsWith(")") && words[2].equals("=");
            String name = tagged ? words[1].substring(1, words[1].length() - 1) : words.length > 1 ? words[1].replaceFirst("^[*]?(\\./)?", "") : "";
            if (name.equals(file) || lines.length == 1 && words.length == 1) {
                return tagged ? of(words[0].toLowerCase(Locale.ROOT).replace("-", "") + ":" + words[3]) : of(words[0]);
            }
        }
        throw new IOException("the list of checksums has none for " + file);
    }

    /** Throws {@link IOException} where the file is another. */
    void check(Path file) throws IOException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance(algorithm))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            String found = HexFormat.of().formatHex(in.getMessageDigest().digest());
            if (!found.equals(hex)) {
                throw new IOException("Checksums did not match. Expected: " + hex + " Got: " + found);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
