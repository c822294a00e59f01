namespace Engine.Mbufs;

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
