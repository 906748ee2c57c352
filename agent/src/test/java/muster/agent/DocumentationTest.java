package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be held of the written pages: each module has its README in the one form, and links lead to files. */
class DocumentationTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final List<String> HEADINGS = List.of("Name", "Description", "Configuration", "Examples", "Limits");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,2} (Name|Description|Configuration|Examples|Limits)$");
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

    @Test
    void eachModuleSaysWhatItIsUnderTheSameFiveHeadings() throws IOException {
        Matcher module = MODULE.matcher(Files.readString(ROOT.resolve("pom.xml")));
        int modules = 0;
        while (module.find()) {
            modules++;
            Path page = ROOT.resolve(module.group(1)).resolve("README.md");
            assertThat(page).exists();
            List<String> found = HEADING.matcher(Files.readString(page)).results().map(match -> match.group(1)).toList();
            assertThat(found).as("headings of %s", page).isEqualTo(HEADINGS);
        }
        assertThat(modules).isPositive();
    }

    @Test
    void linksBetweenPagesLeadToFiles() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains(":") && !Files.exists(page.resolveSibling(target))) {
                    broken.add(ROOT.relativize(page) + " -> " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    /** The pages of the root, of docs/ and of the modules. */
    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT)) {
            for (Path entry : top.toList()) {
                if (entry.toString().endsWith(".md")) {
                    pages.add(entry);
                } else if (Files.exists(entry.resolve("README.md"))) {
                    pages.add(entry.resolve("README.md"));
                }
            }
        }
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages;
    }
}
