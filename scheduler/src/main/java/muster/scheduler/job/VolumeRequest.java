package muster.scheduler.job;

/** A volume that a group asks for. */
public record VolumeRequest(
        String accessMode,
        String attachmentMode,
        CSIMountOptions mountOptions,
        String name,
        boolean perAlloc,
        boolean readOnly,
        String source,
        String type) {
    public VolumeRequest {
        accessMode = Values.text(accessMode);
        attachmentMode = Values.text(attachmentMode);
        name = Values.text(name);
        source = Values.text(source);
        type = Values.text(type);
    }
}
