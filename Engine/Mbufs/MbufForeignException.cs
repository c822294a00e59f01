namespace Engine.Mbufs;

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
