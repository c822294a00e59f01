namespace Engine.Mbufs;

/// <summary>
/// The base of what is thrown when a claim on a packet is not what its holder believes, freed storage was written, or a free routine threw
/// where it must not: always a bug of the program.
/// </summary>
public class MbufException : InvalidOperationException
{
    /// <summary>Creates the exception with a default message.</summary>
    public MbufException()
        : base("A packet was used in a way that its ownership rules forbid.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    public MbufException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    /// <param name="innerException">What caused it.</param>
    public MbufException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

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

/// <summary>A packet was freed through a chain or handle that no longer owns it: most often, freed twice.</summary>
public class MbufDoubleFreeException : MbufException
{
    /// <summary>Creates the exception with a default message.</summary>
    public MbufDoubleFreeException()
        : base("The packet cannot be freed here: it was freed already, or given away by Detach, Open, Append or an enqueue. "
            + "Dispose, unlike Free, does nothing in that case.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    public MbufDoubleFreeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    /// <param name="innerException">What caused it.</param>
    public MbufDoubleFreeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A chain, handle or queue was used with an arena that it does not belong to.</summary>
public class MbufForeignException : MbufException
{
    /// <summary>Creates the exception with a default message.</summary>
    public MbufForeignException()
        : base("The packet belongs to another arena. Open it in a scope of its own arena, or copy its bytes.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    public MbufForeignException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    /// <param name="innerException">What caused it.</param>
    public MbufForeignException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

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
