package muster.scheduler.artifact;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One {@code artifact} block, interpolated (Nomad docs: "artifact stanza").
 *
 * @param source a URL, a {@code git::} or {@code s3::} source, or a path within the allocation's folder; {@code //} parts off a subfolder
 * @param options {@code archive}, {@code checksum}, {@code filename}, {@code ref}, {@code depth}, {@code sshkey}
 * @param headers of http requests
 * @param mode {@code any}, {@code file} or {@code dir}
 * @param destination a folder of the task, or a file in mode {@code file}
 */
public record ArtifactRequest(String source, Map<String, String> options, Map<String, String> headers, String mode, String destination) {
    public ArtifactRequest {
        options = new LinkedHashMap<>(options);
        headers = new LinkedHashMap<>(headers);
        if (!mode.equals("any") && !mode.equals("file") && !mode.equals("dir")) {
            throw new IllegalArgumentException("mode \"" + mode + "\" has to be any, file or dir");
        }
    }
}
