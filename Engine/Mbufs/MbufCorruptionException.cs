namespace Engine.Mbufs;

/// <summary>
/// Checked mode found that freed storage was written: through a span that was kept after its packet was freed.
/// </summary>
public class MbufCorruptionException : MbufException
{
    /// <summary>Creates the exception with a default message.</summary>
    public MbufCorruptionException()
        : base("Freed storage was written through a span that outlived its packet.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    public MbufCorruptionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    /// <param name="innerException">What caused it.</param>
    public MbufCorruptionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
