namespace Engine.Mbufs.Wire;

/// <summary>A capture format: finds the packets in a stream, and leaves reading their bytes to others.</summary>
internal abstract class CaptureParser
{
    public abstract MbufCaptureFormat Format { get; }

    /// <summary>Reads up to the bytes of the next packet.</summary>
    /// <returns>False at the end of the capture.</returns>
    /// <exception cref="InvalidDataException">What comes next is malformed or cut off.</exception>
    public abstract bool TryReadHeader(out CaptureRecord record);

    /// <summary>Reads what comes behind the bytes of the packet and belongs to it.</summary>
    /// <exception cref="InvalidDataException">It is malformed or cut off.</exception>
    public abstract void ReadTrailer();
}
