package muster.scheduler.artifact;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Unpacks one archive within its limits. Entries that leave the destination, links out of it, devices, and more bytes or files than the
 * limits allow end it with an error; what was unpacked until then stays for the task's folder to be removed with. Used by one thread.
 */
final class Unpacking {
    /**
     * What an archive may become: a small one that fills the disk is an attack, or a mistake.
     *
     * @param files at most
     * @param freely bytes that any archive may become
     * @param ratio and so many times its own size beyond
     * @param leave bytes of the disk that are left free
     */
    record Limits(int files, long freely, int ratio, long leave) {
        static final Limits USUAL = new Limits(100_000, 256L << 20, 200, 64L << 20);

        /** The same, with the operator's word on bytes and files. */
        Limits of(ArtifactRules rules) {
            return new Limits(rules.unpackedFiles(), rules.unpackedBytes() > 0 ? rules.unpackedBytes() : freely,
                    rules.unpackedBytes() > 0 ? 0 : ratio, leave);
        }
    }

    /** How a file is packed: by what, and whether there are entries in it. */
    private enum Format { ZIP, TAR, TAR_GZ, TAR_BZ2, TAR_XZ, GZ, BZ2, XZ }

    private static final int BUFFER = 64 << 10;
    private static final int LOOK_EVERY = 16 << 20;
    private static final int XZ_MEMORY_KIB = 128 << 10;

    private final Sandbox sandbox;
    private final Limits limits;
    private final long mostBytes;
    private final Path target;
    private final boolean single;
    private long bytes;
    private long looked;
    private int files;

    private Unpacking(Sandbox sandbox, Limits limits, long packedBytes, Path target, boolean single) {
        this.sandbox = sandbox;
        this.limits = limits;
        this.mostBytes = limits.freely() + packedBytes * limits.ratio();
        this.target = target;
        this.single = single;
    }

    /** Whether a file of this name, or what the option {@code archive} says of it, is unpacked. */
    static boolean concerns(String name) {
        return format(name).isPresent();
    }

    private static Optional<Format> format(String name) {
        String end = name.toLowerCase(java.util.Locale.ROOT);
        if (ends(end, "zip")) {
            return Optional.of(Format.ZIP);
        }
        if (ends(end, "tar")) {
            return Optional.of(Format.TAR);
        }
        if (ends(end, "tar.gz") || ends(end, "tgz")) {
            return Optional.of(Format.TAR_GZ);
        }
        if (ends(end, "tar.bz2") || ends(end, "tbz2")) {
            return Optional.of(Format.TAR_BZ2);
        }
        if (ends(end, "tar.xz") || ends(end, "txz")) {
            return Optional.of(Format.TAR_XZ);
        }
        return ends(end, "gz") ? Optional.of(Format.GZ) : ends(end, "bz2") ? Optional.of(Format.BZ2)
                : ends(end, "xz") ? Optional.of(Format.XZ) : Optional.empty();
    }

    private static boolean ends(String name, String ending) {
        return name.equals(ending) || name.endsWith("." + ending);
    }

    /**
     * Unpacks a file.
     *
     * @param name by which its format is known
     * @param target a folder; or the file itself where only one is wanted
     * @param single whether only one file is wanted: the archive has to hold just one
     * @param plainName of a packed file that is no archive, below the target
     */
    static void unpack(Path archive, String name, Sandbox sandbox, Path target, boolean single, String plainName, Limits limits)
            throws IOException {
        Unpacking work = new Unpacking(sandbox, limits, Files.size(archive), target, single);
        try {
            switch (format(name).orElseThrow()) {
                case ZIP -> work.zip(archive);
                case TAR -> work.tar(buffered(archive));
                case TAR_GZ -> work.tar(gunzipped(archive));
                case TAR_BZ2 -> work.tar(new BZip2CompressorInputStream(buffered(archive), true));
                case TAR_XZ -> work.tar(unxzed(archive));
                case GZ -> work.packed(gunzipped(archive), plainName);
                case BZ2 -> work.packed(new BZip2CompressorInputStream(buffered(archive), true), plainName);
                case XZ -> work.packed(unxzed(archive), plainName);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException("the archive can't be read: " + e.getMessage(), e);
        }
    }

    private static InputStream gunzipped(Path file) throws IOException {
        return new GZIPInputStream(Files.newInputStream(file), BUFFER);
    }

    private static InputStream unxzed(Path file) throws IOException {
        return XZCompressorInputStream.builder().setInputStream(buffered(file)).setDecompressConcatenated(true)
                .setMemoryLimitKiB(XZ_MEMORY_KIB).get();
    }

    private static InputStream buffered(Path file) throws IOException {
        return new BufferedInputStream(Files.newInputStream(file), BUFFER);
    }

    private void zip(Path archive) throws IOException {
        // Read by its directory, not as it comes: only that tells of links and modes.
        try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
            for (Enumeration<ZipArchiveEntry> all = zip.getEntries(); all.hasMoreElements();) {
                ZipArchiveEntry entry = all.nextElement();
                if (entry.isUnixSymlink()) {
                    link(entry.getName(), zip.getUnixSymlink(entry));
                } else if (entry.isDirectory()) {
                    folder(entry.getName());
                } else {
                    try (InputStream in = zip.getInputStream(entry)) {
                        file(in, place(entry.getName()), entry.getUnixMode());
                    }
                }
            }
        }
        requireSome();
    }

    private void tar(InputStream packed) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(packed)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isDirectory()) {
                    folder(entry.getName());
                } else if (entry.isSymbolicLink()) {
                    link(entry.getName(), entry.getLinkName());
                } else if (entry.isLink()) {
                    secondName(entry.getName(), entry.getLinkName());
                } else if (entry.isFile() && !entry.isCharacterDevice() && !entry.isBlockDevice() && !entry.isFIFO()) {
                    file(tar, place(entry.getName()), entry.getMode());
                } else {
                    throw new IOException("the archive's entry \"" + entry.getName() + "\" is neither file, folder nor link");
                }
            }
        }
        requireSome();
    }

    private void packed(InputStream in, String plainName) throws IOException {
        try (in) {
            file(in, single ? target : target.resolve(plainName), 0);
        }
    }

    private Path place(String name) throws IOException {
        Path path = target.resolve(name.replaceFirst("^/+", "")).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("the archive's entry \"" + name + "\" escapes the destination");
        }
        return single ? target : path;
    }

    private void requireSome() throws IOException {
        if (single && files == 0) {
            throw new IOException("mode \"file\" needs an archive of one file, this one has none");
        }
    }

    private void folder(String name) throws IOException {
        if (!single) {
            count();
            sandbox.makeFolder(place(name));
        }
    }

    private void link(String name, String to) throws IOException {
        requireTree(name);
        sandbox.link(place(name), to, target);
    }

    /** A hard link, to a file that came before. */
    private void secondName(String name, String of) throws IOException {
        requireTree(name);
        Path existing = place(of);
        if (!Files.isRegularFile(existing, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("the archive's entry \"" + name + "\" is a link to \"" + of + "\", which did not come before it");
        }
        sandbox.makeFolder(existing.getParent());
        Path place = place(name);
        sandbox.makeRoom(place);
        Files.createLink(place, existing);
    }

    private void requireTree(String name) throws IOException {
        count();
        if (single) {
            throw new IOException("mode \"file\" needs an archive of one file, this one holds the link \"" + name + "\"");
        }
    }

    private void count() throws IOException {
        files++;
        if (single && files > 1) {
            throw new IOException("mode \"file\" needs an archive of one file, this one has more");
        }
        if (files > limits.files()) {
            throw new IOException("the archive holds more than " + limits.files() + " files");
        }
    }

    private void file(InputStream in, Path place, int mode) throws IOException {
        count();
        sandbox.makeRoom(place);
        try (OutputStream out = Files.newOutputStream(place, StandardOpenOption.CREATE_NEW)) {
            byte[] buffer = new byte[BUFFER];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                take(length, place);
                out.write(buffer, 0, length);
            }
        }
        // Neither set-user-id nor the like: what is fetched runs as whoever starts it.
        Files.setAttribute(place, "unix:mode", (mode & 0777) == 0 ? 0755 : mode & 0777 | 0600);
    }

    private void take(int length, Path place) throws IOException {
        bytes += length;
        if (bytes > mostBytes) {
            throw new IOException("the archive becomes more than " + (mostBytes >> 20) + " MiB: " + (limits.ratio() == 0 ? "decompression_limit_size"
                    : limits.ratio() + " times its size and " + (limits.freely() >> 20) + " MiB are the most"));
        }
        if (bytes - looked >= LOOK_EVERY) {
            looked = bytes;
            if (Files.getFileStore(place).getUsableSpace() < limits.leave()) {
                throw new IOException("no space left on device: less than " + (limits.leave() >> 20) + " MiB are free");
            }
        }
    }
}
