namespace Engine.Mbufs;

/// <summary>A chain or handle was used after its packet was freed, opened, detached, appended or enqueued.</summary>
public class MbufStaleException : MbufException
{
    /// <summary>Creates the exception with a default message.</summary>
    public MbufStaleException()
        : base("The packet is no longer owned through this chain or handle: it was freed, or given away by Detach, Open, Append or an "
            + "enqueue. Only the newest chain or handle of a packet may be used.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    public MbufStaleException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    /// <param name="innerException">What caused it.</param>
    public MbufStaleException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
