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
